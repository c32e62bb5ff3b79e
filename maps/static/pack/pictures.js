// How does a photo become small and free of what the camera wrote into it? It is drawn anew.
"use strict";
const Pictures = (() => {
  const LONGEST = 1600;

  function read(file) {
    return new Promise((done, failed) => {
      const address = URL.createObjectURL(file);
      const image = new Image();
      image.onload = () => {
        const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
        const sheet = document.createElement("canvas");
        sheet.width = Math.max(1, Math.round(image.naturalWidth * scale));
        sheet.height = Math.max(1, Math.round(image.naturalHeight * scale));
        sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
        URL.revokeObjectURL(address);
        done(sheet.toDataURL("image/jpeg", 0.82));
      };
      image.onerror = () => { URL.revokeObjectURL(address); failed(new Error("no picture")); };
      image.src = address;
    });
  }

  // The compass heading in degrees, once; null where the phone gives none within two seconds.
  async function heading() {
    const Event = window.DeviceOrientationEvent;
    if (!Event) return null;
    if (typeof Event.requestPermission === "function") {
      try { if (await Event.requestPermission() !== "granted") return null; } catch { return null; }
    }
    return new Promise((done) => {
      const name = "ondeviceorientationabsolute" in window ? "deviceorientationabsolute" : "deviceorientation";
      const stop = (value) => { removeEventListener(name, heard); clearTimeout(limit); done(value); };
      const heard = (event) => {
        if (typeof event.webkitCompassHeading === "number") stop(event.webkitCompassHeading);
        else if (event.absolute && typeof event.alpha === "number") stop((360 - event.alpha) % 360);
      };
      const limit = setTimeout(() => stop(null), 2000);
      addEventListener(name, heard);
    });
  }

  return { read, heading };
})();
