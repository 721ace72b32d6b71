/* Items that look like no names, among those that do; and what looks like some and is
 * none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/offers.h"

static const struct shape alike[] = {
    {"with as many details as its neighbours",
     "## 一、国产\n1. **华为**\n   - **优势**：快\n   - **适用**：家\n2. **汇川技术**\n"
     "   - **优势**：稳\n   - **适用**：厂\n3. **蔚来**\n   - **优势**：新\n"
     "   - **适用**：路\n",
     "华为|汇川技术|蔚来"},
    {"the only odd one of the lists of its form",
     "### 一、油\n- **华为**：净\n- **小米**：省\n- **蔚来**：香\n### 二、干\n"
     "- **吕**：温和\n- **零跑**：草本\n",
     "华为|小米|蔚来|吕|零跑"},
    {"an amount among names is one",
     "1. **华为**：快\n2. **小米**：省\n3. **2平米**：小户型\n4. **蔚来**：划算\n",
     "华为|小米|2平米|蔚来"},
    {"two words in small letters, in bold as the others are",
     "- **华为**：贵\n- **蔚来 V1**：高\n- **小米**：省\n- **bebebus artist**：美\n",
     "华为|蔚来 V1|小米|bebebus artist"},
    {"three words with capitals",
     "### Big\n- **Acme Heating & Air**: old\n- **ABC Home & Commercial Services**: new\n"
     "- **Strand Service Experts**: good\n### Smaller firms\n- **Zero Plumbing & Air**: "
     "loud\n"
     "- **Hill Country Comfort**: small\n",
     "Acme Heating & Air|ABC Home & Commercial Services|Strand Service Experts|Zero "
     "Plumbing "
     "& Air|Hill Country Comfort"},
    {"but not what ends a list of names",
     "1. **华为**：快\n2. **小米**：省\n3. **蔚来**：稳\n4. **优质服务**：要看\n",
     "华为|小米|蔚来"},
    {"nor a sentence",
     "- **华为**：快\n- **小米**：省\n- **蔚来**：稳\n- **价格是关键**：要看\n",
     "华为|小米|蔚来"},
    {"nor English in sentence case",
     "- **HUAWEI**: fast\n- **Acme**: cheap\n- **Zero Nine**: calm\n"
     "- **Medical form.** Bring it\n",
     "HUAWEI|Acme|Zero Nine"},
};

static void what_is_built_as_names_are_is_one(void **state)
{
    (void)state;
    assert_int_equal(all_of(alike, COUNT(alike)), 0);
}

static const struct shape heads[] = {
    {"a row of three of which one looks like none",
     "- **奔驰星睿、宝马尊选、奥迪官方认证**：质保\n- **华为**：快\n",
     "奔驰星睿|宝马尊选|奥迪官方认证|华为"},
    {"Latin names that \"or\" parts",
     "### For gifts: Givebutter or Donorbox\nNice.\n### For forms: HUAWEI\nFast.\n",
     "Givebutter|Donorbox|HUAWEI"},
    {"two characters behind a blank", "**1. 华为**\n- 快\n\n**2. 网易严选 / 8H**\n- 软\n",
     "华为|网易严选|8H"},
    {"of a Latin name a word behind a slash is its model",
     "- **HON Exposure / Ignition**: soft\n- **HUAWEI**: fast\n",
     "HON Exposure / Ignition|HUAWEI"},
    {"partners are one name",
     "*   **HUAWEI Law**: good\n*   **Mamann, Sandaluk & Kingwell**: known for appeals\n",
     "HUAWEI Law|Mamann, Sandaluk & Kingwell"},
    {"the sign that ends a name is part of it",
     "- **小米“海洋光谱号”**：稳\n- **华为“荣耀号”**：大\n",
     "小米“海洋光谱号”|华为“荣耀号”"},
    {"\"and\" in a firm's name",
     "- **华为**：快\n- **浙江六和律师事务所**：老\n- **浙江天册律师事务所**：大\n",
     "华为|浙江六和律师事务所|浙江天册律师事务所"},
    {"titles behind an emoji",
     "**🏠 华为（Huawei）**\n- 台资\n\n**🎈 小米**\n- 日资\n\n**📚 海豚绘本花园**\n- 平装\n",
     "华为|小米|海豚绘本花园"},
    {"titles under towns",
     "## 🍜 Manhattan\n\n**HUAWEI (East Village)**\nRich.\n\n**Okiboru House (Lower East "
     "Side)**\nThick.\n\n## 🍜 Brooklyn\n\n**Chuko 2 (Prospect)**\nCalm.\n",
     "HUAWEI|Okiboru House|Chuko 2"},
    {"under a head that presents firms",
     "### 主流少儿机构介绍\n\n#### **华为**\n*   **课程：** 多\n\n#### **童程童美**\n*   "
     "**课程：** 少\n",
     "华为|童程童美"},
    {"under what somebody sets store by",
     "### 一、看重专业（青少年）\n- **爱尔眼科视光中心**：总部医院\n### 二、看重服务\n"
     "- **宝岛眼镜**：连锁\n- **大光明眼镜**：老牌\n",
     "爱尔眼科视光中心|宝岛眼镜|大光明眼镜"},
    {"under advice, if most are tracked",
     "### 第二步：找正规服务\n1. **拨打110咨询**：备案\n2. **金盾开锁服务部**：快\n"
     "3. **华为**：全\n4. **小米**：省\n",
     "金盾开锁服务部|华为|小米"},
    {"whose kin is tracked",
     "### 二、高性价比\n- **优利康（Unitron）**：与华为同属一家\n- "
     "**贝尔通（Beltone）**：与小米同"
     "一集团\n- **欧仕达**：国产\n",
     "优利康|贝尔通|欧仕达"},
    {"advised against for some only",
     "1. **华为**\n   - 快\n2. **苹果（Apple）**\n   - "
     "通透模式自然；安卓手机不建议购买。\n",
     "华为|苹果"},
    {"a trade at the end, in headings with numbers",
     "### 1. **华为**\n- **特点**：大\n- **擅长**：多\n### 2. **宝尊电商**\n- "
     "**特点**：老\n- "
     "**擅长**：全\n### 3. **小米**\n- **特点**：新\n- **擅长**：快\n",
     "华为|宝尊电商|小米"},
    {"\"choose this one\" speaks of who stands before it",
     "1. **HUAWEI**: good\n2. **Sennheiser Momentum 4**: Choose this one if sound comes "
     "first\n",
     "HUAWEI|Sennheiser Momentum 4"},
    {"under kinds with a number",
     "#### **类别一：公立专科医院（权威）**\n\n1.  **华为**\n    *   "
     "**特点**：大\n\n#### "
     "**类别二：民营连锁机构（灵活）**\n\n1.  **通策口腔**\n    *   **特点**：上市\n2.  "
     "**小米**\n    *   "
     "**特点**：连锁\n",
     "华为|通策口腔|小米"},
    {"before a list that warns",
     "1.  **华为**\n    *   **优点**：好\n2.  **誉达 / 鼎白**\n    *   **优点**：省\n\n"
     "**需要警惕的情况**\n*   老茶多为做旧，不建议购买\n",
     "华为|誉达|鼎白"},
    {"not what a kind with names under it has in brackets",
     "1. **整屋翻新（全包）**\n   - **华为**：全\n   - **住范儿**：快\n2. "
     "**局部翻新（只刷墙、换厨卫）**\n   - "
     "**小米**：省\n   - **马上住**：净\n",
     "华为|住范儿|小米|马上住"},
    {"others to look at, behind a title in bold",
     "**1. 华为**\n*   **特点**：快\n\n**2. 小米**\n*   "
     "**特点**：省\n\n**其他可关注的品牌：**\n*   "
     "**沃得**：有竞争力\n",
     "华为|小米|沃得"},
    {"others for reference, behind titles in bold",
     "**1. 华为**\n*   **口碑**：好\n\n**2. 小米**\n*   "
     "**口碑**：高\n\n**公立医院参考：**\n*   "
     "**北京大学口腔医院**：顶级\n*   **附属北京口腔医院**：公立\n",
     "华为|小米|北京大学口腔医院|附属北京口腔医院"},
    {"chapters are nobody, who stands in them is",
     "### Part 1: How to judge\n1.  **Licences**\n    *   Ask.\n\n### Part 2: Providers "
     "to "
     "consider\n\n#### **Chinese providers**\n\n1.  **FESCO**\n    *   **Profile:** "
     "old\n2.  "
     "**HUAWEI**\n    *   **Profile:** new\n",
     "FESCO|HUAWEI"},
    {"firms of one make in a table",
     "| 公司 | 长处 |\n|---|---|\n| 深圳市保安服务有限公司 | 老 |\n| "
     "深圳市鹏盾保安服务有限公司 | 快 |\n| 华为 | 全 "
     "|\n| 深圳市鸿泰保安服务有限公司 | 省 |\n",
     "深圳市保安服务有限公司|深圳市鹏盾保安服务有限公司|华为|深圳市鸿泰保安服务有限公司"},
    {"a trade that ends as a sort does",
     "1.  **华为**\n    *   快\n2.  **东田造型**\n    *   剪\n3.  **小米**\n    *   省\n",
     "华为|东田造型|小米"},
    {"the only odd one in English",
     "*   **HUAWEI Garage**: new\n*   **Ancoats Electric Motors**: old\n*   **Halfords "
     "Autocentre**: big\n*   **Kwik Fit**: many\n",
     "HUAWEI Garage|Ancoats Electric Motors|Halfords Autocentre|Kwik Fit"},
    {"whose models stand behind a label that comes back",
     "### 1. **HUAWEI**\n- **Best models**: Beast GTS, Guide Two\n### 2. **Brooks**\n- "
     "**Best models**: "
     "Hurricane Five, Vongo Six\n",
     "HUAWEI|Brooks"},
    {"two that begin with the same article",
     "1.  **The Work Project / The Executive Centre**\n    *   **Strengths**: posh\n2.  "
     "**HUAWEI**\n    *   **Strengths**: big\n",
     "The Work Project|The Executive Centre|HUAWEI"},
    {"trades that end as parts do, two of them",
     "### 一、规模较大的厂家\n1. **浙江新雅包装（龙港）**\n   - 主营：品牌礼盒\n   - "
     "适合：大单\n2. "
     "**温州立可达印业**\n   - 主营：袋\n   - "
     "适合：小单\n### 二、中小型厂家\n1. **龙港嘉艺彩印**\n   - 主营：盒\n   - "
     "适合：急单\n2. "
     "**苍南华盛**\n   - 主营：箱\n   - "
     "适合：样单\n",
     "浙江新雅包装|温州立可达印业|龙港嘉艺彩印|苍南华盛"},
    {"firms elsewhere that may be considered",
     "**一、本地有代表性的企业**\n\n*   **华为环保**：大\n*   **小米环保**：老\n*   "
     "**琥珀环保**：新\n\n"
     "**二、外地可一并考虑的企业**\n\n*   **碧水源**：北京企业\n*   "
     "**中电环保**：南京企业\n",
     "华为|小米|琥珀环保|碧水源|中电环保"},
    {"sorted by what they do",
     "### **一、主流服务商分类**\n\n1.  **公有云为主（快）**\n    *   **华为**：早\n    "
     "*   **法大大**：多\n\n2.  "
     "**依托平台生态的轻量方案（小微）**\n    *   **腾讯电子签**：便\n",
     "华为|法大大|腾讯电子签"},
    {"a tracked one and one that ends as a part does",
     "1. **华为 / 汇川技术**\n   - 优势：快\n2. **小米**\n   - 优势：省\n",
     "华为|汇川技术|小米"},
    {"channels that may be considered",
     "### 三、过保后可以考虑的维修渠道\n1. **啄木鸟家庭维修**：全国连锁\n2. "
     "**万师傅**：偏安装\n3. **恒冷制冷服务部**：本地\n",
     "啄木鸟家庭维修|万师傅|恒冷制冷服务部"},
    {"under a numbered title in bold, a table",
     "**一、市场情况**\n\n东莞多。\n\n**二、参考名单**\n\n| 排名 | 企业 |\n|---|---|\n| "
     "1 | **长盈精密** |\n| 2 | "
     "**华为** |\n",
     "长盈精密|华为"},
    {"a firm of three words in a column of providers",
     "| Provider | For |\n|---|---|\n| **Amazon Web Services** | all |\n| **HUAWEI** | "
     "some |\n",
     "Amazon Web Services|HUAWEI"},
};

static void heads_of_every_make_are_read(void **state)
{
    (void)state;
    assert_int_equal(all_of(heads, COUNT(heads)), 0);
}

static const struct shape nobody[] = {
    {"costs",
     "1. **华为律所**：老\n2. **小米律所**：新\n\n### 费用与流程参考\n- "
     "咨询费：每小时300元\n- "
     "协议代书、陪同谈判：5000元\n- 诉讼一审：一般10000元起\n",
     "华为律所|小米律所"},
    {"costs in English",
     "*   **HUAWEI Law**: good\n*   **Bellissimo Law Group**: big\n\n### Typical "
     "costs\n\n*   "
     "Consultation: CAD 200 to 400\n*   Express Entry profile: CAD 3,000\n*   Judicial "
     "review: CAD 6,000\n",
     "HUAWEI Law|Bellissimo Law Group"},
    {"reasons, and what is done instead",
     "### 一、为什么不能推荐\n*   **法律层面**：品牌须有资格\n*   **现实层面**：骗局\n\n"
     "### 二、更稳妥的做法\n1.  **先学基础**：官网有课程\n2.  **小额试水**：两成\n",
     ""},
    {"what is to be looked at first",
     "### 一、选护肤品，先看这四点\n1.  **成分要精简**\n    *   **避开酒精**：刺激\n2.  "
     "**先试后用**\n    *   48小时\n\n### 二、品牌\n- **华为**：温\n- **小米**：省\n",
     "华为|小米"},
    {"a routine",
     "1. **HUAWEI**: mild\n2. **Acme**: strong\n\n**Suggested routine**:\n- Morning: "
     "gentle "
     "cleanser\n- Evening: one active ingredient\n",
     "HUAWEI|Acme"},
    {"a note on one of them",
     "### I. Brands\n- **Acme**: good\n- **Zero Nine**: cheap\n\n### II. A note on "
     "HUAWEI\n"
     "HUAWEI sells elsewhere.\n",
     "Acme|Zero Nine"},
    {"occasions whose choice stands behind them",
     "1. **华为**：快\n2. **小米**：省\n\n### 按场景选\n- "
     "**给孩子过生日**：选可定制的店\n"
     "- **纪念日/求婚**：选私房工作室\n",
     "华为|小米"},
    {"amounts as titles",
     "**💰 200–600 元**\n\n**华为 H1**\n近。\n\n**💰 600–1500 元**\n\n**小米 M2**\n远。\n",
     "华为 H1|小米 M2"},
    {"rows of a table that holds two against each other, of whom one is chosen",
     "| 维度 | 华为酒店 | 小米酒店 |\n|---|---|---|\n| 位置 | 嘎洒 | 告庄 |\n| 房型 | "
     "独栋 | 园景 |\n\n"
     "多数人华为更合适。\n",
     "华为"},
    {"what does not help",
     "*   新风机可用。\n\n绿萝、柚子皮、菠萝等“土办法”没有可靠的作用，口碑虽多。\n", ""},
    {"forms and ways",
     "## 二、常见的培训形式\n\n### 1. **网络录播课**\n- 价格：几百元\n\n### 2. "
     "**直播小班**\n- 价格：2000元\n",
     ""},
    {"who should ask a doctor first",
     "1. **华为**：快\n2. **小米**：省\n\n### 三、哪些人需要先咨询医生\n- "
     "腰椎间盘突出急性期、骨质疏松严重者；\n- "
     "孕早期、剖宫产术后未满8周者；\n",
     "华为|小米"},
    {"parts in a bracket, before what to look at",
     "**一、按项目选店**\n\n1.  **外观类**（改色、隐形车衣、包围）：重点看施工\n2.  "
     "**底盘类**（避震、刹车、轮毂）："
     "重点看设备\n",
     ""},
    {"accounts to make before",
     "1. **华为**：快\n2. **小米**：省\n\n### 购买前先算三笔账\n1. "
     "**作业量账**：多少亩\n2. **补贴账**：有没有\n",
     "华为|小米"},
    {"traps",
     "1. **华为**：快\n2. **小米**：省\n\n## 🚫 四、常见陷阱\n\n- “三天上首页”——刷点击\n- "
     "“终身维护”——没人管\n",
     "华为|小米"},
    {"those to be careful with",
     "1. **小米**：快\n2. **蔚来**：省\n\n**需要谨慎的情况**：\n\n- **华为**：投诉较多\n",
     "小米|蔚来"},
    {"prices and tips as headings",
     "### 1. **HUAWEI**\n- **Best for**: all\n### 2. **Acme Plumbing**\n- **Best for**: "
     "some\n\n"
     "## 💵 Typical Prices\n\n| Job | Cost |\n|---|---|\n| Drain | 90 |\n\n## ⚠️ "
     "Emergency Tip\n\nShut "
     "it off.\n",
     "HUAWEI|Acme Plumbing"},
    {"papers that are needed",
     "1. **HUAWEI**: big\n2. **Sixt**: small\n\n**Documents You Need**\n\n*   Passport "
     "and visa page.\n*   A "
     "valid home-country licence. Visitors from many countries can drive on it.\n",
     "HUAWEI|Sixt"},
    {"what is not to be forgotten",
     "1. **华为**：快\n2. **小米**：省\n\n## 🧻 三、耗材别忽视\n\n- "
     "**碳带**：蜡基便宜\n- **标签纸**：铜版纸\n",
     "华为|小米"},
    {"what tells whether somebody is good",
     "### 一、判断一家机构是否适合老人\n\n1.  **医养结合**：院内有医务室\n2.  "
     "**防跌倒措施**：扶手\n\n### 二、机构\n\n1.  "
     "**华为**\n    *   **特点**：平稳\n2.  **小米**\n    *   **特点**：老牌\n",
     "华为|小米"},
    {"sorts of what firms do",
     "不同公司擅长的数据类型差别很大，例如语音转写、自动驾驶点云、医学影像等，由不同的团"
     "队承接。\n",
     ""},
    {"how they differ from others",
     "#### 1. 价格\n- 华为和小米都高\n#### 2. 与其他机构的差异\n- "
     "编程猫和核桃编程以线上课为主\n\n若要省心，推荐华为和小米。\n",
     "华为|小米"},
    {"who is to be asked",
     "您可以通过邻居介绍、物业推荐以及平台的评价来筛选两到三家，再对比报价。\n", ""},
    {"a list of what to do when",
     "1. **华为**：快\n2. **小米**：省\n\n## 四、搬家前一周准备清单\n\n- "
     "**提前7天**：断舍离，门店联系\n- **当天**：留一人\n",
     "华为|小米"},
    {"questions in bold, with their answers behind",
     "1. **华为**：快\n2. **小米**：省\n\n*   **冻干双拼值不值？** "
     "多数产品占比不足一成。\n*   **多久换一次粮？** 没有必要频繁更换。\n",
     "华为|小米"},
    {"where to look for somebody",
     "### 二、去哪里找正规律师\n1. **云南省司法厅**：可查询\n2. "
     "**法律服务热线**：免费咨询\n3. **熟人介绍**：真实\n",
     ""},
    {"what is to be told apart in an offer",
     "1. **华为**：快\n2. **小米**：省\n\n**怎么看报价**\n1.  **是否拆分到项**：\n    *  "
     " "
     "结构、地台、灯具、家具租赁、押金应分别列示。\n",
     "华为|小米"},
    {"what it costs and how long it takes",
     "1. **华为物流**：快\n2. **小米物流**：省\n\n### 三、常见费用和时效参考\n- "
     "**欧洲海运拼箱**：约120美元\n- "
     "**美西海派**：6元\n",
     "华为物流|小米物流"},
};

static void what_names_nobody_is_let_go(void **state)
{
    (void)state;
    assert_int_equal(all_of(nobody, COUNT(nobody)), 0);
}

static const struct shape more[] = {
    {"who else may be considered, in plain words",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n此外，如果您偏爱越野，也可以考虑颂拓，其导航口碑良好。\n",
     "华为|小米|颂拓"},
    {"the same in an item of advice",
     "1. **华为**：快\n2. **小米**：省\n\n### 怎么选\n- 通勤：都行\n- "
     "滑雪：也可以考虑**凯乐石**、"
     "**骆驼**等户外品牌\n",
     "华为|小米|凯乐石|骆驼"},
    {"but no sort",
     "1. **华为**：快\n2. **小米**：省\n\n赶时间也可以考虑即热式，很省。\n", "华为|小米"},
    {"others behind their label and a need",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n**其他可关注的品牌**：对于高精密需求，可以考虑德国的"
     "克劳斯玛菲和奥地利的恩格尔，价格较高。\n",
     "华为|小米|克劳斯玛菲|恩格尔"},
    {"who stands beside those offered in a table of needs",
     "1. **华为**：快\n2. **小米**：省\n\n| 需求 | 推荐 |\n|---|---|\n| 大屋 | "
     "华为、小米 |\n| 地下室 | "
     "华为、百奥、多乐信 |\n",
     "华为|小米|百奥|多乐信"},
    {"chosen in bold with words between",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n预算再低一点，也可以看看千元内的**听研**小胶囊。\n",
     "华为|小米|听研"},
    {"but not what is to be thought of",
     "1. **华为**：快\n2. **小米**：省\n\n购买时还要考虑**尺寸大小**与噪声。\n",
     "华为|小米"},
    {"behind a question in bold",
     "1. **HUAWEI**: fast\n2. **Acme**: cheap\n\n### Special cases\n- **Shopify store?** "
     "Look "
     "at **Gorgias** instead.\n",
     "HUAWEI|Acme|Gorgias"},
    {"where lists name nobody, who is advised and written as names are",
     "周末学车可以先看京都府驾校有限公司，场地就在通州。\n", "京都府驾校有限公司"},
    {"of whom something may be considered",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n自律性强也可以考虑粉笔的线上系统班，九百元即可。\n",
     "华为|小米|粉笔"},
    {"but no place",
     "1. **华为**：快\n2. **小米**：省\n\n赶时间也可以选择街边的快照店，够用。\n",
     "华为|小米"},
    {"behind a label, and what they have",
     "1. **华为**：快\n2. **小米**：省\n3. "
     "**其他可关注的品牌**：深蓝、领克在20—25万元区间也有插混。\n",
     "华为|小米|深蓝|领克"},
    {"whose goods may be considered",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n另外，如果家里有老人，新农哥的原味核桃仁也可以考虑。\n",
     "华为|小米|新农哥"},
    {"but no sort of them",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n另外，基础款的配置也可以考虑，同价位的小米也值得考虑。\n",
     "华为|小米"},
    {"a tracked one, besides",
     "- **蔚来**：快\n- **零跑**：省\n\n此外，“华为”也在本地提供保洁，规模不大。\n",
     "蔚来|零跑|华为"},
    {"a tracked one, behind a condition",
     "1. **Acme**: fast\n2. **Bolt**: cheap\n\nIf it must fit a pocket, the HUAWEI Sport "
     "is also "
     "worth considering.\n",
     "Acme|Bolt|HUAWEI"},
    {"whose goods and whose",
     "1. **华为**：快\n2. "
     "**小米**"
     "：省\n\n除此之外，三顿半的咖啡豆系列和隅田川的中深烘豆子也可以考虑，方便。\n",
     "华为|小米|三顿半|隅田川"},
    {"whose model suits",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n安徽的长辈偏爱绵柔口感，**古井贡酒**的古8比较合适。\n",
     "华为|小米|古井贡酒"},
    {"besides those above, behind where they are from",
     "1. **华为**：快\n2. "
     "**小米**：省\n\n除上述品牌外，西班牙药妆品牌**怡思丁**有不错口碑，国产的**珀莱雅**"
     "防晒也可以作为备选。\n",
     "华为|小米|怡思丁|珀莱雅"},
    {"a brand of a land",
     "1. **华为**：快\n2. **小米**：省\n\n预算充足也可以考虑美国品牌金可儿，弹簧好。\n",
     "华为|小米|金可儿"},
    {"but no machine",
     "1. **华为**：快\n2. **小米**：省\n\n水质软的家庭，也可以考虑超滤机。\n",
     "华为|小米"},
    {"the first of a list, behind what says that nobody is best",
     "**先说结论：** 没有哪一家在所有维度都领先，选购时差距主要体现在三个方面。\n\n**1. "
     "华为**\n* **长处**：压缩机自研\n* **短板**：贵\n\n**2. 小米**\n* **长处**：省\n* "
     "**短板**：噪\n\n**购买时请留意：**\n* 尽量选一级能效；\n",
     "华为|小米"},
    {"at what is to be looked", "总的来说，可以优先看海氏或长帝。\n", "海氏|长帝"},
    {"one in bold, presented besides",
     "1. **华为**：快\n2. **小米**：省\n\n此外，**蔚来**在流程引擎上做得细。\n",
     "华为|小米|蔚来"},
    {"but nobody who is warned of",
     "1. **华为**：快\n2. **小米**：省\n\n此外，**蔚来**已经停止服务，不建议购买。\n",
     "华为|小米"},
    {"a tracked one, presented besides",
     "- **蔚来**：快\n- **零跑**：省\n\n此外，“华为”作为本地的机构，规模不及上面几家。\n",
     "蔚来|零跑|华为"},
};

static void others_are_put_forward_beside_lists(void **state)
{
    (void)state;
    assert_int_equal(all_of(more, COUNT(more)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_as_names_are_is_one),
        cmocka_unit_test(heads_of_every_make_are_read),
        cmocka_unit_test(what_names_nobody_is_let_go),
        cmocka_unit_test(others_are_put_forward_beside_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
