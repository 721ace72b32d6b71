/* sim/topics.c - what the corpus knows of brands: invented judgements on real names,
 * for tests only. The last topic of each language is for any other question. */
#include "sim/corpus.h"

/* clang-format off */
static const struct sim_brand cars_zh[] = {
    {"比亚迪", "BYD", "汉 DM-i", "三电技术扎实，插混油耗低，售后网点多", "内饰质感中规中矩"},
    {"特斯拉", "Tesla", "Model 3", "电耗控制好，辅助驾驶成熟，保值率高", "悬架偏硬，内饰简单"},
    {"小米", "Xiaomi", "SU7", "车机流畅，和手机家居互联方便", "交付周期偏长"},
    {"问界", "AITO", "M5", "搭载华为智驾系统，座舱体验领先", "价格已经贴近预算上限"},
    {"华为", "HUAWEI", "鸿蒙智行", "智驾方案覆盖城区道路，合作车型更新快", "自己并不造车，需要看具体合作品牌"},
    {"理想", "Li Auto", "L6", "增程没有里程焦虑，空间适合有孩子的家庭", "高速亏电时噪声明显"},
    {"小鹏", "XPeng", "P7+", "城市智驾在同价位里完整，电耗低", "品牌渠道还在调整"},
    {"零跑", "Leapmotor", "C11", "配置给得足，价格压得低", "品牌认知度还需要时间"},
    {"深蓝", "Deepal", "SL03", "操控扎实，增程和纯电可选", "车机偶有卡顿"},
    {"吉利银河", "Galaxy", "E5", "底盘调校舒服，做工用料实在", "智驾功能偏基础"},
    {"广汽埃安", "AION", "RT", "续航实在，后排空间大", "造型见仁见智"},
};
static const struct sim_brand vacuums_zh[] = {
    {"石头", "Roborock", "G20S", "导航稳，边角清洁干净", "基站体积不小"},
    {"科沃斯", "ECOVACS", "X8 Pro", "滚筒活水洗地，去污能力强", "耗材价格偏高"},
    {"追觅", "Dreame", "X40", "机械臂能伸进墙角，吸力大", "首次建图要等一会儿"},
    {"云鲸", "Narwal", "逍遥 001", "免手洗做得早，拖地干净", "吸力在同级里不突出"},
    {"小米", "Xiaomi", "米家全能扫拖机器人", "便宜够用，和米家联动", "避障一般"},
    {"美的", "Midea", "V12", "售后网点多，噪声控制好", "软件更新慢"},
    {"iRobot", "iRobot", "Roomba Combo", "毛发清理好，结构耐用", "国内服务收缩"},
};
static const struct sim_brand coffee_zh[] = {
    {"瑞幸", "Luckin", "生椰拿铁", "门店密、上新快、券后价格低", "高峰期出杯慢"},
    {"星巴克", "Starbucks", "馥芮白", "空间舒服，出品稳定", "价格偏高"},
    {"库迪", "Cotti", "经典美式", "单价低，下沉市场覆盖快", "各店水准不一"},
    {"Manner", "Manner", "桂花拿铁", "豆子新鲜，自带杯立减", "座位少"},
    {"幸运咖", "Lucky Cup", "椰椰拿铁", "县城也能买到，价格亲民", "风味偏甜"},
    {"挪瓦", "NOWWA", "轻乳拿铁", "主打低卡，办公楼附近多", "独立门店不多"},
    {"皮爷", "Peet's", "深烘手冲", "深烘风味厚重", "门店集中在大城市"},
};
static const struct sim_brand phones_zh[] = {
    {"华为", "HUAWEI", "Pura 70 系列", "影像和信号都强，卫星通信实用", "同配置价格偏高"},
    {"小米", "Xiaomi", "小米 15", "性能释放好，充电快", "系统广告需要手动关闭"},
    {"苹果", "Apple", "iPhone 16", "系统流畅，保值率高", "充电速度慢"},
    {"OPPO", "OPPO", "Find X8", "人像好看，手感轻薄", "游戏长时间高负载会降频"},
    {"vivo", "vivo", "X200", "夜景和长焦出色", "线下价格浮动大"},
    {"荣耀", "HONOR", "Magic7", "续航长，护眼屏舒服", "影像算法偶有过度"},
    {"三星", "Samsung", "Galaxy S24", "屏幕素质高，系统更新久", "国内服务网点少"},
    {"一加", "OnePlus", "13", "性能调校激进，价格合理", "影像不是强项"},
};
static const struct sim_brand any_zh[] = {
    {"云禾", "Yunhe", "标准系列", "口碑稳定，价格透明", "新品少"},
    {"青岚", "Qinglan", "臻选系列", "做工细致，售后响应快", "价格偏高"},
    {"启岳", "Qiyue", "入门款", "性价比高，上手简单", "功能不多"},
    {"北辰", "Beichen", "专业版", "技术积累深，企业客户多", "个人用户门槛高"},
    {"凡木", "Fanmu", "经典款", "设计耐看，材料环保", "配送慢"},
    {"禾光", "Heguang", "旗舰系列", "功能最全，更新勤", "说明书写得难懂"},
    {"知远", "Zhiyuan", "轻享版", "线上服务方便", "线下网点少"},
};
const struct sim_topic sim_topics_zh[] = {
    {"扫地 扫拖 吸尘", "扫地机器人", vacuums_zh, sizeof(vacuums_zh) / sizeof(vacuums_zh[0])},
    {"咖啡 奶茶", "连锁咖啡", coffee_zh, sizeof(coffee_zh) / sizeof(coffee_zh[0])},
    {"手机 拍照", "手机", phones_zh, sizeof(phones_zh) / sizeof(phones_zh[0])},
    {"汽车 新能源 电动 买车 SUV 轿车 智驾", "新能源汽车", cars_zh, sizeof(cars_zh) / sizeof(cars_zh[0])},
    {"", "这类产品", any_zh, sizeof(any_zh) / sizeof(any_zh[0])},
};

static const struct sim_brand cars_en[] = {
    {"Tesla", "TSLA", "Model 3", "efficient drivetrain and a dense charging network", "a firm ride and a sparse cabin"},
    {"BYD", "Build Your Dreams", "Seal", "in-house batteries and strong value", "software that feels a generation behind"},
    {"Xiaomi", "Mi", "SU7", "a fast infotainment system and sharp handling", "long delivery times"},
    {"Huawei", "AITO", "AITO M5", "a capable driver-assistance stack", "no car of its own, only partner models"},
    {"XPeng", "Xiaopeng", "P7+", "city driving assistance at a fair price", "a thin dealer network"},
    {"Li Auto", "Lixiang", "L6", "range-extender comfort for families", "noise when the battery is low"},
    {"NIO", "Weilai", "ET5", "battery swapping and attentive service", "a monthly cost that adds up"},
    {"Hyundai", "HMG", "Ioniq 6", "very quick charging", "limited trunk space"},
    {"Volkswagen", "VW", "ID.4", "solid build and calm manners", "clumsy touch controls"},
};
static const struct sim_brand vacuums_en[] = {
    {"Roborock", "Stone", "S8 Pro Ultra", "reliable mapping and a tidy dock", "a tall price"},
    {"Ecovacs", "Deebot", "X8 Pro Omni", "a self-washing roller mop", "costly consumables"},
    {"Dreame", "Dreametech", "X40 Ultra", "an arm that reaches into corners", "a slow first map"},
    {"iRobot", "Roomba", "Combo j9+", "excellent hair pickup", "average mopping"},
    {"Shark", "SharkNinja", "Matrix Plus", "strong suction for the money", "basic obstacle avoidance"},
    {"Narwal", "Yunjing", "Freo X", "quiet, hands-free mop care", "middling suction"},
    {"Eufy", "Anker", "Omni S1", "a low price for a full dock", "a fussy app"},
};
static const struct sim_brand coffee_en[] = {
    {"Starbucks", "SBUX", "flat white", "consistent drinks and comfortable seating", "high prices"},
    {"Luckin", "Luckin Coffee", "coconut latte", "quick app orders and steep discounts", "queues at rush hour"},
    {"Cotti", "Cotti Coffee", "americano", "very low prices", "uneven quality between shops"},
    {"Manner", "Manner Coffee", "osmanthus latte", "freshly roasted beans", "few seats"},
    {"Costa", "Costa Coffee", "mocha", "wide presence at stations", "a short menu"},
    {"Peet's", "Peets", "dark roast", "a deep, smoky profile", "few locations"},
};
static const struct sim_brand phones_en[] = {
    {"Apple", "iPhone", "iPhone 16", "smooth software and strong resale value", "slow charging"},
    {"Samsung", "Galaxy", "Galaxy S24", "a superb display and long updates", "a busy interface"},
    {"Google", "Pixel", "Pixel 9", "the most natural photos", "modest gaming speed"},
    {"Xiaomi", "Mi", "Xiaomi 15", "fast charging and hardware for the price", "ads in system apps"},
    {"Huawei", "HUAWEI", "Pura 70", "camera and signal strength", "no Google services"},
    {"OnePlus", "1+", "OnePlus 13", "speed and battery life", "an ordinary camera"},
    {"Honor", "HONOR", "Magic7", "endurance and an easy-on-the-eyes screen", "heavy photo processing"},
};
static const struct sim_brand any_en[] = {
    {"Northfield", "NF", "Standard line", "a steady reputation and clear prices", "few new releases"},
    {"Bluepeak", "BP", "Select line", "careful workmanship and quick support", "a higher price"},
    {"Marlowe", "Marlowe & Co", "Starter kit", "good value and an easy start", "a short feature list"},
    {"Arden", "Arden Works", "Pro edition", "deep technical experience", "a steep learning curve"},
    {"Fennel", "Fennel Labs", "Classic", "lasting design and honest materials", "slow shipping"},
    {"Kestrel", "Kestrel One", "Flagship", "the fullest feature set", "a confusing manual"},
};
const struct sim_topic sim_topics_en[] = {
    {"vacuum mop robot", "robot vacuums", vacuums_en, sizeof(vacuums_en) / sizeof(vacuums_en[0])},
    {"coffee cafe latte", "coffee chains", coffee_en, sizeof(coffee_en) / sizeof(coffee_en[0])},
    {"phone smartphone", "phones", phones_en, sizeof(phones_en) / sizeof(phones_en[0])},
    {"car electric vehicle EV SUV sedan", "electric cars", cars_en, sizeof(cars_en) / sizeof(cars_en[0])},
    {"", "products of this kind", any_en, sizeof(any_en) / sizeof(any_en[0])},
};
/* clang-format on */
