/* tests/domain/test_offer.c - who is put forward, in the shapes that answers have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/offers.h"

static const struct shape lists[] = {
    {"one name behind what it is best for",
     "- **Best overall:** Acme X1. Strong.\n- **Best for pets:** Zero Plus, "
     "quiet\n- **Runner-up:** HUAWEI\n",
     "Acme X1|Zero Plus|HUAWEI"},
    {"the same as headings and as lines",
     "### Best value: Acme X1\nStrong.\n\n### 静音之选：蔚来\n静。\n", "Acme X1|蔚来"},
    {"the same as lines", "**综合首选**：蔚来，稳。\n\n**性价比之选**：零跑，省。\n",
     "蔚来|零跑"},
    {"but no sentence behind it",
     "- 静音之选：看电机与风道的做工\n- 省电之选：看能效标识就可以\n", ""},
    {"a name with a joint at its end", "1. **万和**：省\n2. **蔚来**：快\n", "万和|蔚来"},
    {"needs that a name answers",
     "- **预算充足**：华为，稳。\n- **追求实惠**：蔚来，省。\n- "
     "**适合新手**：零跑，易。\n",
     "华为|蔚来|零跑"},
    {"the same in English",
     "- **If you drive:** Acme X1 is fine.\n- **If you walk:** HUAWEI helps.\n",
     "Acme X1|HUAWEI"},
    {"but not where none is known",
     "- **预算充足**：先量尺寸，再看。\n- **追求实惠**：等促销季，再买。\n", ""},
    {"medals past the third",
     "🥇 **蔚来**\n快\n\n🥈 **零跑**\n省\n\n🥉 **华为**\n稳\n\n🏅 "
     "**小鹏**\n新\n\n🏅 **极氪**\n强\n",
     "蔚来|零跑|华为|小鹏|极氪"},
    {"first, second, third recommendation",
     "**第一推荐：蔚来**\n快\n\n**第二推荐：华为**\n稳\n", "蔚来|华为"},
    {"a little before a name", "1. **World of HUAWEI**: many\n2. **Bank of Mi**: few\n",
     "World of HUAWEI|Bank of Mi"},
    {"as the head writes it", "1. **华为云（HUAWEI Cloud）**：稳\n2. **蔚来**：快\n",
     "华为云|蔚来"},
    {"names of one head", "1. **蔚来** & **零跑**：快\n2. **小米/红米**：省\n",
     "蔚来|零跑|小米|红米"},
    {"what stands behind the bracket is no name",
     "1. **车享家（CXJ）某区旗舰店**\n2. **途虎**\n", "车享家|途虎"},
    {"a town before the name",
     "### 各地门店\n- **北京：迪克改装**\n  老店\n- **上海：车殿改装**\n  新店\n",
     "迪克改装|车殿改装"},
    {"soft words end names as well",
     "1. **高图开放平台**：全\n2. **腾讯位置服务**：快\n3. **超图软件**：专\n",
     "高图开放平台|腾讯位置服务|超图软件"},
    {"details of a name are none",
     "1. **蔚来**\n   - **优势**：换电\n   - **车型**：甲一、乙二\n2. **零跑**\n   - "
     "**优势**：省\n",
     "蔚来|零跑"},
    {"each once, however it is written later",
     "1. **蔚来汽车**：快\n2. **零跑**：省\n\n总结推荐：\n- **蔚来**：选它\n- "
     "**小鹏**：也行\n",
     "蔚来汽车|零跑|小鹏"},
    {"shortened, or of a country, it is the same",
     "1. **高图地图开放平台**：全\n2. **Acme Online**：专\n3. **高图开放平台**：全\n"
     "4. **Acme中国**：近\n",
     "高图地图开放平台|Acme Online"},
    {"a name that ends as a kind does, among names",
     "1. **蔚来改装店**：近\n2. **特斯拉认证改装服务商**：远\n",
     "蔚来改装店|特斯拉认证改装服务商"},
    {"one house, in Latin too",
     "1. **高图软件**：全\n2. **高图SuperMap**：专\n3. **阿云**：近\n4. "
     "**阿云位置服务**：远\n",
     "高图软件|阿云"},
    {"sections whose number stands in bold as well",
     "**1. 综合性公司**\n* **代表公司举例**：如**蔚来**、**零跑**等\n\n"
     "**2. 空间主导的公司**\n* **代表公司举例**：如**极氪**、**小鹏**等\n",
     "蔚来|零跑|极氪|小鹏"},
    {"bold around the number, too",
     "**1) HUAWEI**: fast\n\n**2) Acme**: cheap\n\n**3) Zero.com**: big\n",
     "HUAWEI|Acme|Zero.com"},
    {"an emoji behind the name", "1. **蔚来 🧠**：快\n2. **Notion ✍️**：省\n",
     "蔚来|Notion"},
    {"others that a title announces behind the last number",
     "🥉 **华为**\n- 优势：好\n- "
     "价格：低\n\n**其他值得关注的品牌**\n- "
     "**蔚来**：稳\n- "
     "**零跑**：省\n",
     "华为|蔚来|零跑"},
    {"two of one house",
     "1. **高图地图**：全\n2. **高图开放平台**：专\n3. **邦达家居**：近\n4. "
     "**邦达定制**：远\n",
     "高图地图|邦达家居"},
    {"products of one in a head",
     "1. **Orbit ArcView / ArcView Pro**：专\n2. **蔚来**：快\n", "Orbit ArcView|蔚来"},
    {"labels that come again under each name",
     "1. **Acme Fix**\n   - Crew: four\n   - Vans: two\n2. **Bolt Fix**\n   - Crew: "
     "two\n   - Vans: one\n",
     "Acme Fix|Bolt Fix"},
    {"co-listed ones that are tracked", "1. **华为 & 小米**：快\n2. **蔚来**：省\n",
     "华为|小米|蔚来"},
    {"English",
     "1. **Acme Tools** - sturdy\n2. **Bolt & Nut**: cheap\n3. HUAWEI: smart\n",
     "Acme Tools|Bolt & Nut|HUAWEI"},
};

static void lists_put_forward_what_their_heads_name(void **state)
{
    (void)state;
    assert_int_equal(all_of(lists, COUNT(lists)), 0);
}

static const struct shape kinds[] = {
    {"bullets under kinds",
     "**1. 高端品牌**\n* **特点**：贵\n* **代表品牌**：\n    * **威图**：稳\n    * "
     "**柏林**：贵\n\n"
     "**2. 大众品牌**\n* **代表品牌**：\n    * **华为**：全\n",
     "威图|柏林|华为"},
    {"a label with a row",
     "1. **蔚来**：快\n2. **零跑**：省\n3. "
     "**其他推荐品牌**：小鹏、极氪、岚图等，各有特色\n",
     "蔚来|零跑|小鹏|极氪|岚图"},
    {"names in the bracket of a kind",
     "1. **蔚来**：快\n2. **四大会计师事务所**（德勤/普华/毕马/安永）\n",
     "蔚来|德勤|普华|毕马|安永"},
    {"for example",
     "1. **区域性强势品牌**：例如**玛歌**（西南影响大）、**百德**等，口碑好\n"
     "2. **高端进口品牌**：如**柏林**、**威图**等\n",
     "玛歌|百德|柏林|威图"},
    {"in quotation marks in the text under a kind",
     "1. **中宁枸杞（相关品牌）**\n   * "
     "**特点**：选专注的品牌（如“百瑞”、“宁红”等），好\n2. "
     "**杭菊（相关品牌）**\n   * **特点**：老牌企业（如“春发”等）\n",
     "百瑞|宁红|春发"},
    {"firms in bold or quotation marks within the text of an item",
     "3. **性能与底盘升级**\n   * **针对刹车的升级**：可以选知名的改装店，如 "
     "**“赛驱”、“零创”** 等。\n   * "
     "**针对外观的升级**：可以选知名的材料，如“铝”、“钢”等。\n",
     "赛驱|零创"},
    {"but not how somebody stands",
     "1. **小米系列**：快\n2. **零跑**：省\n3. **华为品牌现状分析**\n   * 少\n",
     "小米系列|零跑"},
    {"a town and who is near it",
     "### 1. 某区\n- **蔚来**：快\n### 2. 另一区\n- **比亚迪展厅周边改装店**\n  近\n",
     "蔚来"},
    {"behind the town where they are",
     "- **区域性品牌**：各地有强势品牌（如北京的**意风**、广州的**卡诺**等），近\n",
     "意风|卡诺"},
    {"behind a word of choice, in bold or quotation marks",
     "2. **针对刹车的升级**\n   * 可以考虑 **“轮改”** 或 "
     "**“Acme、Zero等大品牌刹车的官方授权店”**。要看\n",
     "轮改"},
    {"but none that are made up",
     "1. **某某专修店**\n   * 有知名的门店，如 **“特改中心”、“XX升级”** "
     "等（名称可搜索）。\n",
     ""},
    {"a list of two, the first spelt in Latin too",
     "1. **车网联（Car Union）**\n   * **特点**：大\n2. **联盟或知名单体店**\n   * "
     "深圳有诸如**Zero、车质汇**等业内知名的店。\n   * **特点**：深\n\n### 别的\n1. "
     "**声音怎么改**\n2. **车身改色贴膜**\n",
     "车网联|Zero|车质汇"},
    {"several that share their end",
     "- **知名平台**：如**蔚来**（大）、**高图/百图/腾图地图**等\n",
     "蔚来|高图|百图|腾图地图"},
    {"who deals in several",
     "1. **蔚来改装**：快\n2. **零跑改装**：省\n3. "
     "**蔚来/小鹏/极氪等品牌官方服务中心**：稳\n",
     "蔚来改装|零跑改装"},
    {"trades", "- **蔚来**：快\n- **零跑**：省\n- **独立设计师/施工队**：灵\n",
     "蔚来|零跑"},
    {"whose it is", "1. **问界智驾版（华为智选）**：华为用户优选。\n2. **蔚来**：快\n",
     "问界智驾版|蔚来"},
    {"strengths of a series",
     "1. **小米/Redmi 系列优势**\n2. **蔚来/零跑/极氪 系列优势**\n",
     "小米|Redmi|蔚来|零跑|极氪"},
    {"an example below makes the head a kind",
     "1. **车网联**\n   * **特点**：大\n2. **汽车音响改装**\n   * "
     "如**非常城市**等老店，专业\n"
     "   * **适合**：都行\n",
     "车网联|非常城市"},
    {"bold within a sentence is no head",
     "1. **联盟或知名单体店**\n   * 某地有诸如**Zero、车质汇**等店\n   * "
     "**特点**：深\n2. **车网联**\n   * "
     "**特点**：大\n",
     "Zero|车质汇|车网联"},
    {"others of the same below",
     "1. **蔚来**：快\n2. **零跑 / 小鹏等新锐**：\n   - **极氪**：贵\n   - "
     "**岚图**：稳\n",
     "蔚来|零跑|小鹏|极氪|岚图"},
    {"in quotation marks",
     "1. **垂直平台**：「找教练APP」「爱教练」，可筛选\n2. "
     "**本地工作室**：如「静瑜伽」「梵音馆」\n",
     "找教练APP|爱教练|静瑜伽|梵音馆"},
    {"other heads of sections",
     "### 一、按方向推荐门店\n#### 1. 动力与三电（续航升级）\n- **卡妙思科技**\n  "
     "老店\n"
     "- **电装中心**\n  新店\n#### 2. 内饰与座舱\n- **车蚂蚁连锁**\n  大店\n",
     "卡妙思科技|电装中心|车蚂蚁连锁"},
    {"English",
     "1. **Local brands** such as **Acme**, **Bolt** and **Cord**\n2. **Other "
     "brands**: Dyn, Elko and Fenn\n",
     "Acme|Bolt|Cord|Dyn|Elko|Fenn"},
};

static void kinds_are_looked_into(void **state)
{
    (void)state;
    assert_int_equal(all_of(kinds, COUNT(kinds)), 0);
}

static const struct shape advice[] = {
    {"how to choose",
     "### 一、如何选择\n1. **资质优先**：看证\n2. "
     "**看板材**：如**万华**、**大亚**等\n"
     "### 二、推荐\n1. **蔚来**：快\n2. **零跑**：省\n",
     "蔚来|零跑"},
    {"where to look things up",
     "1. **蔚来**：快\n2. **零跑**：省\n\n### 推荐渠道\n| 平台 | 用处 "
     "|\n|---|---|\n| 某车网 | 查 |\n",
     "蔚来|零跑"},
    {"a bracket does not make a heading advice",
     "### 一、一线品牌（看重综合实力）\n1. **蔚来**：快\n2. **零跑**：省\n", "蔚来|零跑"},
    {"nor does praise before a list",
     "### 一、品牌\n这些品牌用料标准高，价格高于主流。\n1. **蔚来**：快\n2. "
     "**零跑**：省\n",
     "蔚来|零跑"},
    {"activities, and what stands under them",
     "## 一、户外活动推荐\n### 1. **徒步**\n- **青山**：近\n- **雪岭**：远\n### 2. "
     "**戏水**\n- **水世界**：如欢乐谷、海洋馆等\n## 二、上门教练机构\n- "
     "**蔚来**：快\n- **零跑**：省\n",
     "蔚来|零跑"},
    {"but a tracked one among them, and names under a head that says so",
     "## 家庭活动推荐\n- **跳绳**：省\n- **华为**：稳\n### 线上课程推荐\n- "
     "**蔚来、零跑、极氪**：全\n",
     "华为|蔚来|零跑|极氪"},
    {"parts", "- 可改部件如：\n  - 灯光组（氛围灯、尾灯）\n  - 记录仪、大尾翼等\n", ""},
    {"strengths of what is no name",
     "#### 连锁馆\n- **优势**：\n  - **设备可选**：带\n  - **安全保障**：有\n- "
     "**推荐平台**：\n  - **蔚来**：快\n  - **零跑**：省\n",
     "蔚来|零跑"},
    {"places around which somebody is",
     "- 本地机构，如：\n  - **某大学**附近的店\n  - **甲区、乙区、丙区**等商业区\n", ""},
    {"what belongs to several",
     "#### 健身房/工作室的上门教练\n#### 蔚来/零跑\n#### 极氪健身连锁\n",
     "蔚来|零跑|极氪健身连锁"},
    {"an account where to look", "知名品牌：如“全民健身”小程序、“蔚来”官网等。\n", ""},
    {"criteria in a list of its own, behind names in one alike",
     "值得关注的品牌：\n\n1、蔚来：快。\n2、零跑：省。\n\n选购时还要留意：\n\n1、通量"
     "：大。\n"
     "2、滤芯：省。\n3、空间：够。\n",
     "蔚来|零跑"},
    {"what is done, beside a list of names in another form",
     "### 1. **蔚来医院**\n- 老\n### 2. **华为医院**\n- 新\n## 术后\n1. "
     "**体检**：抽血。\n2. "
     "**禁食**：八小时。\n3. **换药**：三天。\n",
     "蔚来医院|华为医院"},
    {"what each is for",
     "## 按用途\n- **户外徒步**：优先看华为的镜头\n- **观鸟**：预算高看小米的镜头\n",
     "华为|小米"},
    {"one among kinds, with a name under it",
     "1. **鼻塞、流涕明显**\n   - **华为**：好\n   - **蔚来**：稳\n2. "
     "**发热、头痛**\n   - "
     "**小米**：好\n   - **零跑**：稳\n3. **咽痛**\n   - **小鹏口服液**：缓\n",
     "华为|蔚来|小米|零跑|小鹏口服液"},
    {"what is needed", "## 咨询\n证件、清单、证明等都要整理好，可以省时间。\n", ""},
    {"sorts of a service", "## 常见类型\n1. **瑜伽**\n2. **拳击**\n3. **舞蹈**\n", ""},
    {"where things are bought",
     "### 推荐平台\n#### 1. 大众点评 / 美团 / 某图\n#### 2. 蔚来 / 零跑\n#### 3. "
     "小鹏\n",
     "蔚来|零跑|小鹏"},
    {"others that were asked about",
     "1. **蔚来**：快\n2. **零跑**：省\n\n**关于您提到的其他品牌**：\n- "
     "**小米**：一般\n",
     "蔚来|零跑"},
    {"warned against", "1. **蔚来**：快\n2. **零跑**：省\n\n不推荐华为。\n", "蔚来|零跑"},
    {"steps",
     "### 第一步：查保修\n1. **期限**：问清\n2. **全国联保**：看卡\n### "
     "第二步：量户型\n- **过道宽度**：要量\n",
     ""},
    {"what a line with a colon heads, whoever stands before",
     "保养要点如下：\n\n- **滤网**：拆洗\n- **油杯**：倒净\n- **叶轮**：刷净\n", ""},
    {"what is explained",
     "常见的指标：\n- **SPF**：倍数\n- **PA**：等级\n- **PPD**：时间\n", ""},
    {"those to avoid",
     "- **蔚来**：快\n- **零跑**：省\n\n不推荐：\n- **杂牌**：坏\n- "
     "**小作坊**：坏\n- "
     "**三无**：坏\n",
     "蔚来|零跑"},
    {"needs, with a choice behind them",
     "1. **蔚来**：快\n2. **零跑**：省\n\n**对号入座：**\n- 开放厨房：选蔚来\n- "
     "租房一族：可选零跑\n- Big rooms: choose 蔚来\n",
     "蔚来|零跑"},
    {"but what somebody chose for its making is said of a name",
     "1. **蔚来**：选用好钢\n2. **零跑**：选材讲究\n", "蔚来|零跑"},
    {"questions", "**Q1：多久洗一次？**\n半年。\n\n**Q2：侧吸还是顶吸？**\n看身高。\n",
     ""},
    {"criteria in title case",
     "1. **Noise Level**: low\n2. **Return Policy**: long\n3. **Durability**: "
     "years\n",
     ""},
    {"sizes under amounts",
     "1. **蔚来**：快\n2. **零跑**：省\n\n**容量选择：**\n- 一大家子：大\n- "
     "两口之家：小\n\n### 多少钱\n- 3000-4000元：够用\n- 5000元以上：好\n",
     "蔚来|零跑"},
    {"English in sentence case",
     "Here is what matters:\n1. **Gather offers.** Three at least.\n2. **Talk to "
     "owners.** They know.\n3. **Wait for sales.** In spring.\n",
     ""},
    {"but not a name in small letters, or with capitals",
     "1. **lulu**: soft\n2. **World of Mats**: cheap\n3. **Mat 5 pro**: thick\n",
     "lulu|World of Mats|Mat 5 pro"},
    {"mistakes",
     "1. **Acme**: sturdy\n2. **Zero**: cheap\n\n**Common mistakes**\n- **Heavy "
     "Bags**: no\n- **Late Booking**: no\n",
     "Acme|Zero"},
    {"English",
     "## How to choose\n1. **Fit first**: try it\n2. **Ask around**: many know\n", ""},
};

static void advice_and_criteria_put_nobody_forward(void **state)
{
    (void)state;
    assert_int_equal(all_of(advice, COUNT(advice)), 0);
}

static const struct shape whole_lists[] = {
    {"labels that come back under needs describe",
     "### Best overall: **Acme X1**\n- **Type:** foam\n- **Why it works:** soft\n"
     "### Best value: **Zero Nine**\n- **Type:** springs\n- **Why it works:** cheap\n",
     "Acme X1|Zero Nine"},
    {"a name in bold that is all of a line",
     "### Best for hair\n**Acme A1** (the old one)\n* **Why it works:** strong\n"
     "### Best for smell\n**Zero 55**\n* **Why it works:** deep\n",
     "Acme A1|Zero 55"},
    {"but not the titles of paragraphs",
     "**Key Features**\nMany.\n\n**Sound Stage**\nWide.\n", ""},
    {"needs as headings, each with a name",
     "### 综合最均衡：追觅 H20\n- 平躺\n### 预算优先：小米 米家 3\n- 省\n"
     "### 小众：滴水 T8\n- 无滚刷\n",
     "追觅 H20|小米 米家 3|滴水 T8"},
    {"one that looks like none among names, with its spelling behind it",
     "- **华为**：稳\n- **信测标准（EMTEK）**：深圳公司\n- **蔚来**：快\n",
     "华为|信测标准|蔚来"},
    {"one of a list of names with a list behind it",
     "**1. 华为**\n快。\n\n**2. 蔚来**\n稳。\n\n**3. 环世物流**\n老。\n\n"
     "按规模匹配：\n- 月出 5 柜：华为\n- 缺拖车：蔚来\n",
     "华为|蔚来|环世物流"},
    {"mostly parts, the rest is none",
     "1. **华为**：快\n\n### 挑选时看\n1. **资质**：查\n2. **价格**：比\n3. "
     "**看导游**：证\n",
     "华为"},
    {"a number that goes on from a list to lines",
     "1. **蔚来**\n   - 快\n\n4. **小鹏**：稳\n- 省\n5. **零跑**\n   - 新\n",
     "蔚来|小鹏|零跑"},
    {"names in bold under numbered titles",
     "**1. 老城 · 怀旧**\n\n✅ **那宅小院 8 号**\n- 特点：老\n\n✅ **山海 9 号**\n- "
     "特点：静\n\n"
     "**2. 黄厝 · 看海**\n\n✅ **听涛 10 号**\n- 特点：近\n",
     "那宅小院 8 号|山海 9 号|听涛 10 号"},
    {"two names behind a need",
     "### 🏆 Best overall: HUAWEI\n- big\n### 💸 Best free option: Tally Go\n- free\n"
     "### 🎁 Built for gifts: Give Butter / Donor Box\n- nice\n",
     "HUAWEI|Tally Go|Give Butter|Donor Box"},
    {"what is paid for is nobody",
     "**一、快递公司云仓**\n- **华为云仓科技**：网点多\n- "
     "**韵达云仓**：价格低\n\n**二、本地小云仓**\n"
     "当地有许多，费用通常为：\n1. 操作费：0.8–1.5元/单\n2. 快递费：2.0元/单\n3. "
     "仓储费：约3元，大品牌免费\n",
     "华为云仓科技|韵达云仓"},
    {"who only the needs at the end name",
     "1. **Acme Cut**: easy\n2. **HUAWEI**: strong\n\n### If you want\n"
     "- **To start today** → Acme Cut\n- **To grow** → HUAWEI\n- **To cut by text** → "
     "Tally Script\n",
     "Acme Cut|HUAWEI|Tally Script"},
    {"models under brands, tracked or not",
     "**1. 华为**\n- **Mate X**：大\n- **Pura**：美\n\n**2. 海氏**\n- **C40**：快\n- "
     "**S80 Pro**：强\n\n"
     "**3. 小米**\n- **Civi**：轻\n- **Mix**：薄\n",
     "华为|海氏|小米"},
    {"what to look at is nobody",
     "1. **查备案**：在系统里查品牌\n2. **看商标**：核对\n3. **看实体店**：找三家\n", ""},
    {"plans are nobody",
     "1. **华为**：快\n2. **小米**：省\n\n### 行程\n- **Day1**：上午入住品牌酒店\n- "
     "**Day2**：返程\n",
     "华为|小米"},
    {"a kind that is called after care",
     "一、护理型机构（适合失能老人）\n1. 九如城：连锁品牌\n2. "
     "人寿堂养老院：老\n\n二、品质型机构\n1. 华为：好\n",
     "九如城|人寿堂养老院|华为"},
    {"titles right behind a list",
     "**一、200元**\n**Acme A1**\n- 静\n- 轻\n**Zero 55**\n- 近\n**华为 H7**\n- 大\n",
     "Acme A1|Zero 55|华为 H7"},
    {"who is named in quotation marks behind what he is",
     "- **华为**：快\n- **海岛专线“六和假期”**：多年经营\n", "华为|六和假期"},
    {"a name within another is another",
     "1. **HUAWEI**\n2. **Stone Barn (Aldsworth)**\n3. **Lapstone Barn (Campden)**\n",
     "HUAWEI|Stone Barn|Lapstone Barn"},
    {"numbers that go on under things",
     "### 一、包子类\n1. **华为**：快\n2. **和善园**：老牌\n### 二、饼类小吃\n3. "
     "**阿甘锅盔**：小\n",
     "华为|和善园|阿甘锅盔"},
    {"reasons for one are nobody",
     "### 一、品牌\n- **华为**：快\n- **小米**：省\n\n### 二、为什么是华为\n- "
     "**同生态**：品牌旗下\n- "
     "**印控一体**：统一\n- **信创适配**：全\n",
     "华为|小米"},
    {"what stands under what to look at is nobody",
     "**1. 看材质**\n- 优先选：品牌弹簧\n- 谨慎选：棕垫\n\n**2. 看检测报告**\n- 国标GB/T "
     "26706、GB/T 35607（绿色）\n- 甲醛释放量≤0.05mg为合格\n\n**3. 看软硬**\n- 平躺\n",
     ""},
    {"a series is a detail",
     "- **华为**：快\n- **海尔**：老牌\n    - 代表系列：PAD5\n    - 价格区间：1500元\n",
     "华为|海尔"},
    {"a guide to buy by in the form of a table",
     "### 一、快速选购表\n\n| 型号 | 价 |\n|---|---|\n| **华为 H1** | 9 |\n| **追觅 D2** "
     "| 8 |\n",
     "华为 H1|追觅 D2"},
    {"more advice than praise",
     "1. **华为**：快\n\n### 硬件\n- **婴儿床**：提前确认是否免费\n- "
     "**温奶器**：最好自带\n- **浴缸**：尽量选有的\n",
     "华为"},
    {"needs that those offered before answer",
     "1. **华为**：老牌\n2. **蜀道漫游露营车**：成立于2015年\n3. **野马驿站**：老店\n\n"
     "### 推荐结论\n- 一家老小求稳：**蜀道漫游**\n- 想走冷门路线：**野马驿站**皮卡\n",
     "华为|蜀道漫游露营车|野马驿站"},
    {"needs with an arrow",
     "1. **华为**：快\n2. **小米**：省\n\n### 简单结论\n- 财务要求高 → **华为 / 小米**\n"
     "- 批发走货为主 → **华为**\n- 两样都要 → 可以试试**聚水潭**\n",
     "华为|小米|聚水潭"},
    {"ruled out",
     "1. **华为**：快\n2. **爱车（超预算）**：大\n3. **蔚来**：稳\n"
     "4. **旧牌**：2022年已停止服务\n5. **新牌**\n   - 刚上市，先不考虑\n",
     "华为|蔚来"},
    {"warned against by its heading",
     "1. **华为**：快\n2. **蔚来**：稳\n\n### 不太建议的\n- **贝壳**：贵\n- "
     "**塔塔**：旧\n",
     "华为|蔚来"},
    {"models behind a sign are one name",
     "1. **韩泰 K435 / H728**：静\n2. **奔富 Bin 407 / Bin 28**：醇\n3. **李宁 风动 9000 "
     "/ 锋影 500**：快\n4. **蔚来/零跑**：省\n",
     "韩泰 K435 / H728|奔富 Bin 407 / Bin 28|李宁 风动 9000 / 锋影 500|蔚来|零跑"},
    {"a question about somebody, others than somebody",
     "## Top HUAWEI alternatives\n### 1. Acme Fix\nGood.\n### 2. Zero Nine\nBetter.\n"
     "## What about HUAWEI?\nToo dear.\n",
     "Acme Fix|Zero Nine"},
    {"chosen in bold in a plain text",
     "如果觉得偏淡，可以试试**光明优倍**，浓度更高。**味全牧场**（贵）和**明治醇壹**"
     "也不错。"
     "要考虑**蛋白含量**。\n",
     "光明优倍|味全牧场|明治醇壹"},
    {"a kind before a colon, whatever follows",
     "### 民营连锁：服务完善，注意甄别\n\n**第一梯队**\n\n- **华为**：快\n- "
     "**蔚来**：稳\n",
     "华为|蔚来"},
    {"what is thought about first",
     "### 板材品牌：看重环保的优先考虑\n- **华为**：快\n- "
     "**蔚来**：稳\n",
     "华为|蔚来"},
};

static void a_word_in_a_tracked_name_says_nothing(void **state)
{
    (void)state;
    const char text[] =
        "1. **新东方**：稳\n2. **指南者留学**：透明\n3. **棕榈大道**：细\n";
    struct bd_observation *o;
    struct bd_inquiry q;

    bd_inquiry_init(&q);
    brand(&q, "指南者留学"); /* "指南" heads advice elsewhere */
    o = read_with(&q, text, strlen(text), false);
    assert_int_equal(o->brands[0].rank, 2);
    assert_int_equal(o->offer_count, 3);
    assert_string_equal(o->offers[1].name, "指南者留学");
    bd_observation_free(o);
    bd_inquiry_free(&q);
}

static void lists_are_read_as_a_whole(void **state)
{
    (void)state;
    assert_int_equal(all_of(whole_lists, COUNT(whole_lists)), 0);
}

static const struct shape tables[] = {
    {"brands", "| 品牌 | 特点 |\n|---|---|\n| **蔚来** | 快 |\n| 华为 | 稳 |\n",
     "蔚来|华为"},
    {"behind a place", "| 排名 | 谁 |\n|---|---|\n| 1 | 蔚来 |\n| 2 | 小鹏 |\n",
     "蔚来|小鹏"},
    {"in a second column",
     "| 人群 | 推荐品牌 |\n|---|---|\n| 老人 | 蔚来 |\n| 学生 | 华为 |\n", "蔚来|华为"},
    {"of picks", "| Use | Our pick |\n|---|---|\n| All | Acme X1 |\n| Kids | HUAWEI |\n",
     "Acme X1|HUAWEI"},
    {"behind their order", "| 推荐顺序 | 谁 |\n|---|---|\n| 1 | 蔚来 |\n| 2 | 小鹏 |\n",
     "蔚来|小鹏"},
    {"rows that shorten what was offered",
     "1. **蔚来（NIO）EC6**：快\n2. **零跑 C11**：省\n\n| 品牌 | 价 |\n|---|---|\n| "
     "EC6 | 高 |\n| C11 | 低 |\n| 小鹏 | 中 |\n",
     "蔚来|零跑 C11|小鹏"},
    {"ends of trades under a header that says brands",
     "| 公司 | 价 |\n|---|---|\n| 火蝠电商 | 低 |\n| 华为 | 高 |\n", "火蝠电商|华为"},
    {"sorts of customers are none",
     "| 企业类型 | 方案 |\n|---|---|\n| 小型 | 省 |\n| 中型 | 全 |\n", ""},
    {"under whatever header, if tracked ones head the rows",
     "| 软件 X | 价 |\n|---|---|\n| 华为 | 9 |\n| 蔚来 | 8 |\n| 小米 | 7 |\n",
     "华为|蔚来|小米"},
    {"under a head that announces more",
     "1. **蔚来**：快\n2. **零跑**：省\n\n### 备选\n\n| 名称 | 价 |\n|---|---|\n| "
     "甲一汽车 | 9 |\n",
     "蔚来|零跑|甲一汽车"},
    {"beside the column of tiers",
     "| 梯队 | 企业 | 特点 |\n|---|---|---|\n| 第一 | **蔚来** | 快 |\n| | **甲一汽车** "
     "| 稳 |\n",
     "蔚来|甲一汽车"},
    {"words left out of what was offered",
     "1. **怡思丁多维光护水感防晒液**：润\n2. **华为**：快\n\n| 品牌 | 质地 "
     "|\n|---|---|\n| 怡思丁水感 | 水 |\n| 华为 | 干 |\n",
     "怡思丁多维光护水感防晒液|华为"},
    {"of products, before others are put forward",
     "| 软件 | 价 |\n|---|---|\n| **蔚来** | 9 |\n| **云见会议** | 8 |\n\n- "
     "**华为**：稳\n- **小鹏**：新\n",
     "蔚来|云见会议|华为|小鹏"},
    {"who is elsewhere a place to buy at, under a header that says firms",
     "| 厂商 | 产品 |\n|---|---|\n| 京东 | 言犀 |\n| 华为 | 盘古 |\n", "京东|华为"},
    {"of other things they are none",
     "1. **蔚来**：快\n2. **零跑**：省\n\n| 产品 | 价 |\n|---|---|\n| 甲一 | 9 |\n",
     "蔚来|零跑"},
};

static void tables_put_forward_their_first_column(void **state)
{
    (void)state;
    assert_int_equal(all_of(tables, COUNT(tables)), 0);
}

static const struct shape prose[] = {
    {"firms such as", "市场上有几家知名企业，如阿云、腾云等，可以了解。\n", "阿云|腾云"},
    {"several in bold, one of them tracked",
     "For calls, **Acme X1** is quick. **HUAWEI** costs more. **Zero** is cheap.\n",
     "Acme X1|HUAWEI|Zero"},
    {"from the beginning of the line",
     "**Acme X1** is quick. **Big HUAWEI** costs more.\n", "Acme X1|Big HUAWEI"},
    {"a name that stands beside a tracked one in bold",
     "预算少的话，**华为**和**蔚来**也够用，**省电**最好。\n", "华为|蔚来"},
    {"in bold behind a condition",
     "1. **华为**：快\n2. **小米**：省\n\nIf you want a night out, **Lucky Leek** does "
     "a menu. So, **Salt** and **Pepper**.\n",
     "华为|小米|Lucky Leek"},
    {"a tracked one behind a kind",
     "**预算少**：蔚来、零跑、极氪。便宜。\n\n**预算多**：华为。贵。\n",
     "蔚来|零跑|极氪|华为"},
    {"nothing else in bold",
     "Both **HUAWEI** and others have **low latency**, **A.I.: yes** and **省电**.\n",
     "HUAWEI"},
    {"a kind before a colon", "口碑前三的品牌：蔚来、零跑、极氪。蔚来最快。\n",
     "蔚来|零跑|极氪"},
    {"recommended", "预算够的话推荐**蔚来**、**零跑**和小米。\n", "蔚来|零跑|小米"},
    {"tracked ones in prose", "华为和小米都不错。\n", "华为|小米"},
    {"beside a list nobody is",
     "1. **蔚来**：快\n2. **零跑**：省\n\n几家供应商如**万华**、**大亚**等也知名。\n",
     "蔚来|零跑"},
    {"a tracked one that is chosen is",
     "华为很全面。\n\n**对比**：\n- 蔚来：快，国产品牌\n- "
     "零跑：省\n\n若看重体验，华为是首选。\n",
     "华为|蔚来|零跑"},
    {"a tracked one that is said to be a choice beside a list",
     "1. **蔚来**：快\n2. "
     "**零跑**：省\n\n当然，华为的M系列和P系列也是市场上很受欢迎的选择之一。\n",
     "蔚来|零跑|华为"},
    {"a label at the head of a line, whatever stands before",
     "1. **蔚来**：快\n2. **零跑**：省\n\n其他品牌：小鹏、极氪、岚图。\n",
     "蔚来|零跑|小鹏|极氪|岚图"},
    {"besides", "1. **蔚来**：快\n2. **零跑**：省\n\n另外，小鹏和极氪也值得考虑。\n",
     "蔚来|零跑|小鹏|极氪"},
    {"besides those above, each in bold with what it is good for",
     "1. **蔚来**：快\n2. **零跑**：省\n\n**总结与建议**\n- "
     "**额外推荐**：除以上两者外，"
     "**小鹏（新）** 在人像上、**小米** 在价格上也各有千秋\n",
     "蔚来|零跑|小鹏|小米"},
    {"besides those above, within advice",
     "1. **蔚来**：快\n2. **零跑**：省\n\n**给您的建议：**\n- "
     "**多方比较**：除了上述公司，市场上还有**小鹏、极氪**等，"
     "也可去看\n",
     "蔚来|零跑|小鹏|极氪"},
    {"a title in bold ends what stands under a number",
     "**1. 蔚来**\n* **特点**：快\n\n**2. 零跑**\n* "
     "**特点**：省\n\n**给您的建议：**\n* **多方比较**：除了上述公司，市场上还有"
     "**小鹏、极氪**等，也可去看\n",
     "蔚来|零跑|小鹏|极氪"},
    {"in bold, one beside the other",
     "口碑最稳的是**建业新生活**，项目多；**正商物业**体量大；**永威物业**做得细。\n",
     "建业新生活|正商物业|永威物业"},
    {"sentences that begin with a name and praise it",
     "Crisp would be my starting point. It is French.\n\nOlark is also worth a mention. "
     "This is a good plan.\n",
     "Crisp|Olark"},
    {"who is chosen before a list",
     "I'd start with MailerLite. It is cheap.\n\n- **Acme Mail** costs more\n- **Bolt "
     "Mail** is small\n- **HUAWEI** is big\n",
     "MailerLite|Acme Mail|Bolt Mail|HUAWEI"},
    {"but no grade",
     "建议选择 **C2TE S1 级及以上** 的产品。\n\n1. **华为**：快\n2. **小米**：省\n",
     "华为|小米"},
    {"an order in prose", "我的推荐顺序是：海捞 > 巴奴 > 小龙坎。\n", "海捞|巴奴|小龙坎"},
    {"paragraphs with names in bold",
     "## Best overall\n**Dyne V15** - strong\n\n## Best budget\n**Tinec A11** - "
     "cheap\n\n"
     "## Things to consider\n1. **Suction**\n2. **Weight**\n",
     "Dyne V15|Tinec A11"},
    {"lines that begin with names, under kinds",
     "**1. 高端家装**\n东易、元洲、乐豪等公司口碑较好。\n\n**2. "
     "性价比家装**\n爱屋、住范儿、春天可以看看。\n\n"
     "**3. 避坑提醒**\n不要轻信低价、套餐。\n",
     "东易|元洲|乐豪|爱屋|住范儿|春天"},
    {"strengths are no names",
     "**华为的优势：**\n- 领先铰链：早\n- 丰富矩阵：全\n\n若要省心，华为是首选。\n",
     "华为"},
    {"signs before paragraphs",
     "✅ **Acme**: sturdy\n✅ **Bolt**: cheap\n\n❌ Avoid the rest.\n", "Acme|Bolt"},
    {"runners-up", "1. Acme\n2. Bolt\n\nRunners-up: Cord, Dyn and Elko.\n",
     "Acme|Bolt|Cord|Dyn|Elko"},
    {"a sentence ends a row", "I'd recommend Acme, Bolt, and Cord. Dyn is dear.\n",
     "Acme|Bolt|Cord"},
    {"English", "Known brands such as Acme, Bolt and Cord are fine.\n", "Acme|Bolt|Cord"},
};

static void prose_counts_where_no_list_does(void **state)
{
    (void)state;
    assert_int_equal(all_of(prose, COUNT(prose)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_put_forward_what_their_heads_name),
        cmocka_unit_test(kinds_are_looked_into),
        cmocka_unit_test(advice_and_criteria_put_nobody_forward),
        cmocka_unit_test(lists_are_read_as_a_whole),
        cmocka_unit_test(a_word_in_a_tracked_name_says_nothing),
        cmocka_unit_test(tables_put_forward_their_first_column),
        cmocka_unit_test(prose_counts_where_no_list_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
