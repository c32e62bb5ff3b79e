"""What is served of facilities?"""

from __future__ import annotations

from geo.queries.collections.declared import SOURCED, SPAN, Collection, Property, columns
from geo.queries.features import PRICES_OF, RATINGS_OF

FACILITIES = Collection(
    "facilities", "养老设施", "Elder-care facilities",
    "机构、日间照料、助餐等设施；每个设施以编码为标识，取所问日期有效的版本。",
    "Homes, day care, canteens and others; the version in force on the day asked about.",
    "facility t", ("facility",),
    (
        *columns(
            "t", "code text 编码|code", "name text 名称|name", "kinds texts 类别|kinds",
            "state text 状态|state", "address text 地址|address",
            "admin_code text 所在区划|division", "position_quality text 位置质量|position quality",
            "position_note text 位置说明|note on the position", "phone text 电话|published phone",
            "website text 网址|website", "hours object 开放时间|opening times",
            "services texts 服务|services", "care_levels texts 照护等级|levels of care",
            "beds_total integer 床位|beds", "beds_nursing integer 护理型床位|nursing beds",
            "beds_free integer 空床|free beds", "beds_on day 床位日期|date of the beds",
            "meals_per_day integer 日供餐|meals a day",
            "floor_area_m2 number 建筑面积（平方米）|floor area in m²",
            "ownership text 所有制|ownership", "operation text 运营方式|operation",
            "fire_state text 消防|fire check", "fire_checked_on day 消防检查日期|fire checked on",
            "has_lift boolean 电梯|lift", "has_ramp boolean 坡道|ramp",
            "medical_link text 医养结合|medical link", "uscc text 统一社会信用代码|credit code",
            "filing_no text 备案编号|filing number", "filed_on day 备案日期|filed on",
            "hub_code text 所属中心|hub", "checked_on day 核实日期|checked on",
        ),
        Property("prices", "objects", "价格（元）", "prices in yuan", PRICES_OF.format("t"),
                 in_lists=False),
        Property("ratings", "objects", "评级", "ratings", RATINGS_OF.format("t"), in_lists=False),
        *SPAN, *SOURCED,
    ),
    "Point", keywords=("养老", "设施", "elder care"),
)  # fmt: skip
