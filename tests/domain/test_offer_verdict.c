/* Whole answers, in which words tell what forms do not: who is put forward and who is
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/offers.h"

/* Enough of an answer to judge by: short ones are not. */
#define OPENING                                                                                                                   \
    "选购电烤箱时，除了看价格，还要结合家里的厨房面积、使用频率和售后网点来考虑。下面根" \
    "据"                                                                                                                         \
    "公开信息和用户反馈，为您整理几个口碑较好的品牌，供您参考。\n\n"
#define CLOSING                                                                                                                   \
    "\n总之，没有哪个品牌适合所有家庭，建议您先确定预算和摆放位置，再到实体店看一看实物"  \
    "，"                                                                                                                         \
    "比较面板做工和控温精度，最后确认保修政策后再下单。如果您能告诉我家里有几口人、平时" \
    "烤什"                                                                                                                      \
    "么，我可以帮您进一步缩小范围。\n"

#define BRANDS                                                               \
    "### 一、品牌推荐\n- **华为**：控温准，适合新手。\n- " \
    "**小米**：价格亲民，联网方便。\n"

static const struct shape none[] = {
    {"homes that a list of advice goes through",
     OPENING
     "### 一、品牌推荐\n1. **华为**：控温准，适合新手。\n2. "
     "**小米**：价格亲民，联网方便。\n"
     "3. **海氏**：国产老牌，容量选择多。\n\n### 二、按户型选规格\n*   **60平米以下**："
     "台式小烤箱更灵活。\n*   **有小孩**：门体要带童锁，注意防烫。\n*   "
     "**老人独居**：旋钮款更好操作。\n" CLOSING,
     "华为|小米|海氏"},
    {"what is checked before it is installed",
     OPENING BRANDS
     "\n### 二、安装前先确认\n- **电源**：独立插座，线径不小于2.5平方。\n- "
     "**散热孔**：两侧各留10厘米。\n- **承重层板**：要能承受20公斤以上。\n" CLOSING,
     "华为|小米"},
    {"kinds behind the needs of headings",
     "做体检的选择大致可以分成公立医院体检科和专业体检机构两大阵营，没有谁能绝对取代谁，"
     "看您最在意什么。\n\n**一、在意“查得准”：公立医院体检科**\n\n- "
     "**华为**：老牌三甲，妇科、超声力量强，体检科环境一般，需要提前两周约。\n- "
     "**小米**：设备新，老人和慢病患者在这里做，既往病历都能调出来看。\n\n**"
     "二、在意“方便、体验好”：专业体检机构**\n\n- "
     "**爱康国宾**：周六营业，适合上班族，环境接近酒店。\n- "
     "**瑞慈体检**：规模稍小，胜在排队少，影像检查口碑尚可。\n" CLOSING,
     "华为|小米|爱康国宾|瑞慈体检"},
    {"times of a plan",
     OPENING BRANDS
     "\n### 二、时间安排参考\n- **装修前两周**：量好橱柜尺寸。\n- "
     "**水电改造时**：预留插座。\n- **入住前三天**：空烤一次去味。\n" CLOSING,
     "华为|小米"},
};

static void lists_of_other_things_put_nobody_forward(void **state)
{
    (void)state;
    assert_int_equal(all_of(none, COUNT(none)), 0);
}

static const struct shape some[] = {
    {"markets and quays, where those are asked for",
     "在海边城市买海鲜，本地人基本不去景区边上的店，而是分三个层次：市场、码头、批发。给"
     "您按位置和用途列一下，供"
     "您参考，出发前再核实营业时间。\n\n### 一、市内的农贸市场（游客最方便）\n- "
     "**南门农贸市场**：离地铁站不远，"
     "品种全，买完可以去旁边的小店加工。\n- "
     "**营前路市场**：本地人去得更多，摊位集中，可以多问几家。\n\n### "
     "二、码头（等船回来）\n- **沙湾码头**：鲅鱼、鲳鱼出名，春天最热闹。\n- "
     "**会仙码头**：规模小，渔民自己摆摊，"
     "看运气。\n- **石岭码头**：虾和梭子蟹品质好，价格实在。\n\n### 三、避坑要点\n1. "
     "**看秤**：自带手提秤，或者"
     "买完去公平秤复一下；\n2. **问清单位**：有人报价按个，结账时容易吵起来；\n",
     "南门农贸市场|营前路市场|沙湾码头|会仙码头|石岭码头"},
    {"paragraphs that begin with a name, under sizes",
     "选云仓时最需要关注的是发货差错率和计费是否细碎，以下结合不同订单规模给出建议。\n\n#"
     "## "
     "日均500单以上：品牌化云仓\n\n**金达云仓**"
     "：系统稳定，与快递衔接顺畅，收费透明但起步门槛较高。\n\n**顺运供应链**"
     "：时效好，破损率低，适合客单价较高的产品。\n\n### "
     "日均100到500单：专业第三方仓\n\n**发达网**"
     "：老牌电商仓储服务商，全渠道库存管理能力强，退货处理流程完整。\n\n**心怡科技**"
     "：自动化程度较高，对多品种分拣有成熟方案。\n" CLOSING,
     "金达云仓|顺运供应链|发达网|心怡科技"},
    {"names in bold within sentences",
     OPENING "从实际使用看，**海氏**"
             "的控温比较稳，烤盘涂层也耐用，很适合刚开始学烘焙的家庭，只是价格要比同容量"
             "的贵一些。**长帝**"
             "胜在性价比，菜谱多，预算有限的用户可以优先考虑，售后走线上报修。\n" CLOSING,
     "海氏|长帝"},
    {"tracked ones in prose, but not one that is warned of",
     OPENING "从实际使用看，可以优先看海氏或长帝，控温稳、烤盘耐用。至于小米，它近年已经"
             "停止更新这一系列，不建议购买，配件也不好找。华为是国内家电的老牌企业，产品"
             "线从入门到高端都有，售后网点能下沉到县城。\n" CLOSING,
     "海氏|长帝|华为"},
    {"tracked ones in prose, beside others that are chosen",
     OPENING "华为是国内家电的老牌企业，产品线从入门到高端都有，近几年的机型在静音和控温"
             "方面进步明显，价格通常只有"
             "进口的一半左右，售后网点也能下沉到县城。小米与华为定位相近，在联网方面有一"
             "定积累，只是新品更新稍慢一些。"
             "\n\n总的来说，如果您预算比较充足、又对温度特别敏感，可以优先看海氏或长帝；"
             "如果更在意性价比，华为与小米都"
             "能满足日常三口之家的需要，其中华为的嵌入式款式选择更多。\n" CLOSING,
     "华为|小米|海氏|长帝"},
};

static const struct shape short_ones[] = {
    {"of which next to nothing is said",
     BRANDS "### 二、安装前先确认\n- **散热孔**：留出10厘米\n- **承重层板**：够厚\n",
     "华为|小米|散热孔|承重层板"},
};

/* The judge has learnt from whole answers, and is silent where there is none. */
static void short_answers_are_read_by_the_rules_alone(void **state)
{
    (void)state;
    assert_int_equal(all_of(short_ones, COUNT(short_ones)), 0);
}

static void names_that_no_form_shows_are_put_forward(void **state)
{
    (void)state;
    assert_int_equal(all_of(some, COUNT(some)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_other_things_put_nobody_forward),
        cmocka_unit_test(names_that_no_form_shows_are_put_forward),
        cmocka_unit_test(short_answers_are_read_by_the_rules_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
