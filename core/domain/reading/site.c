/* domain/reading/site.c - see site.h. */
#include "domain/reading/site.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { KEY_BYTES = 64 };

static const char *const second_levels[] = {
    "ac.cn",  "com.cn", "edu.cn", "gov.cn", "mil.cn", "net.cn", "org.cn", "com.hk",
    "edu.hk", "gov.hk", "idv.hk", "net.hk", "org.hk", "com.mo", "com.tw", "edu.tw",
    "gov.tw", "idv.tw", "net.tw", "org.tw", "com.sg", "edu.sg", "gov.sg", "org.sg",
    "com.my", "gov.my", "org.my", "ac.jp",  "co.jp",  "go.jp",  "ne.jp",  "or.jp",
    "ac.kr",  "co.kr",  "go.kr",  "or.kr",  "ac.uk",  "co.uk",  "gov.uk", "ltd.uk",
    "me.uk",  "net.uk", "org.uk", "com.au", "edu.au", "gov.au", "net.au", "org.au",
    "ac.nz",  "co.nz",  "org.nz", "ac.in",  "co.in",  "gov.in", "org.in", "com.br",
    "gov.br", "org.br", "co.za",  "org.za", "com.mx", "com.tr", "co.th",  "co.id",
    "com.vn", "com.ph", "com.ar", "co.il",  "com.ru", "com.ua",
};

/* Where two fit, the first does: the longer ones stand before. */
static const struct place {
    const char *domain;
    enum bd_category category;
} places[] = {
    {"baike.baidu.com", BD_CATEGORY_REFERENCE},
    {"mp.weixin.qq.com", BD_CATEGORY_UGC},
    {"wenku.baidu.com", BD_CATEGORY_UGC},
    {"zhidao.baidu.com", BD_CATEGORY_UGC},
    {"tieba.baidu.com", BD_CATEGORY_UGC},
    {"jingyan.baidu.com", BD_CATEGORY_UGC},
    {"baijiahao.baidu.com", BD_CATEGORY_MEDIA},
    {"baike.sogou.com", BD_CATEGORY_REFERENCE},
    {"baike.so.com", BD_CATEGORY_REFERENCE},
    {"baike.com", BD_CATEGORY_REFERENCE},
    {"wikipedia.org", BD_CATEGORY_REFERENCE},
    {"wikidata.org", BD_CATEGORY_REFERENCE},
    {"britannica.com", BD_CATEGORY_REFERENCE},
    {"gov.cn", BD_CATEGORY_REFERENCE},
    {"mbalib.com", BD_CATEGORY_REFERENCE},
    {"cnki.net", BD_CATEGORY_REFERENCE},
    {"arxiv.org", BD_CATEGORY_REFERENCE},
    {"zhihu.com", BD_CATEGORY_UGC},
    {"xiaohongshu.com", BD_CATEGORY_UGC},
    {"xhslink.com", BD_CATEGORY_UGC},
    {"weibo.com", BD_CATEGORY_UGC},
    {"weibo.cn", BD_CATEGORY_UGC},
    {"bilibili.com", BD_CATEGORY_UGC},
    {"b23.tv", BD_CATEGORY_UGC},
    {"douyin.com", BD_CATEGORY_UGC},
    {"kuaishou.com", BD_CATEGORY_UGC},
    {"douban.com", BD_CATEGORY_UGC},
    {"csdn.net", BD_CATEGORY_UGC},
    {"jianshu.com", BD_CATEGORY_UGC},
    {"dianping.com", BD_CATEGORY_UGC},
    {"chiphell.com", BD_CATEGORY_UGC},
    {"v2ex.com", BD_CATEGORY_UGC},
    {"reddit.com", BD_CATEGORY_UGC},
    {"quora.com", BD_CATEGORY_UGC},
    {"youtube.com", BD_CATEGORY_UGC},
    {"youtu.be", BD_CATEGORY_UGC},
    {"twitter.com", BD_CATEGORY_UGC},
    {"x.com", BD_CATEGORY_UGC},
    {"facebook.com", BD_CATEGORY_UGC},
    {"instagram.com", BD_CATEGORY_UGC},
    {"tiktok.com", BD_CATEGORY_UGC},
    {"medium.com", BD_CATEGORY_UGC},
    {"stackexchange.com", BD_CATEGORY_UGC},
    {"stackoverflow.com", BD_CATEGORY_UGC},
    {"trustpilot.com", BD_CATEGORY_UGC},
    {"g2.com", BD_CATEGORY_UGC},
    {"capterra.com", BD_CATEGORY_UGC},
    {"tripadvisor.com", BD_CATEGORY_UGC},
    {"yelp.com", BD_CATEGORY_UGC},
    {"smzdm.com", BD_CATEGORY_MEDIA},
    {"autohome.com.cn", BD_CATEGORY_MEDIA},
    {"dongchedi.com", BD_CATEGORY_MEDIA},
    {"pcauto.com.cn", BD_CATEGORY_MEDIA},
    {"yiche.com", BD_CATEGORY_MEDIA},
    {"36kr.com", BD_CATEGORY_MEDIA},
    {"huxiu.com", BD_CATEGORY_MEDIA},
    {"sina.com.cn", BD_CATEGORY_MEDIA},
    {"sina.cn", BD_CATEGORY_MEDIA},
    {"qq.com", BD_CATEGORY_MEDIA},
    {"sohu.com", BD_CATEGORY_MEDIA},
    {"163.com", BD_CATEGORY_MEDIA},
    {"ifeng.com", BD_CATEGORY_MEDIA},
    {"toutiao.com", BD_CATEGORY_MEDIA},
    {"thepaper.cn", BD_CATEGORY_MEDIA},
    {"people.com.cn", BD_CATEGORY_MEDIA},
    {"xinhuanet.com", BD_CATEGORY_MEDIA},
    {"cctv.com", BD_CATEGORY_MEDIA},
    {"cnr.cn", BD_CATEGORY_MEDIA},
    {"chinadaily.com.cn", BD_CATEGORY_MEDIA},
    {"caixin.com", BD_CATEGORY_MEDIA},
    {"yicai.com", BD_CATEGORY_MEDIA},
    {"cls.cn", BD_CATEGORY_MEDIA},
    {"eastmoney.com", BD_CATEGORY_MEDIA},
    {"ithome.com", BD_CATEGORY_MEDIA},
    {"zol.com.cn", BD_CATEGORY_MEDIA},
    {"pconline.com.cn", BD_CATEGORY_MEDIA},
    {"sspai.com", BD_CATEGORY_MEDIA},
    {"chinapp.com", BD_CATEGORY_MEDIA},
    {"maigoo.com", BD_CATEGORY_MEDIA},
    {"cnpp.cn", BD_CATEGORY_MEDIA},
    {"nytimes.com", BD_CATEGORY_MEDIA},
    {"reuters.com", BD_CATEGORY_MEDIA},
    {"bbc.com", BD_CATEGORY_MEDIA},
    {"bbc.co.uk", BD_CATEGORY_MEDIA},
    {"cnn.com", BD_CATEGORY_MEDIA},
    {"forbes.com", BD_CATEGORY_MEDIA},
    {"bloomberg.com", BD_CATEGORY_MEDIA},
    {"theguardian.com", BD_CATEGORY_MEDIA},
    {"theverge.com", BD_CATEGORY_MEDIA},
    {"techcrunch.com", BD_CATEGORY_MEDIA},
    {"techradar.com", BD_CATEGORY_MEDIA},
    {"tomsguide.com", BD_CATEGORY_MEDIA},
    {"cnet.com", BD_CATEGORY_MEDIA},
    {"pcmag.com", BD_CATEGORY_MEDIA},
    {"wired.com", BD_CATEGORY_MEDIA},
    {"rtings.com", BD_CATEGORY_MEDIA},
    {"consumerreports.org", BD_CATEGORY_MEDIA},
    {"caranddriver.com", BD_CATEGORY_MEDIA},
};

static bool under(const char *host, const char *domain)
{
    size_t n = strlen(host), k = strlen(domain);

    return n >= k && strcmp(host + n - k, domain) == 0 &&
           (n == k || host[n - k - 1] == '.');
}

/* Where the label before `at` begins; `at` is at a dot or at the end. */
static const char *label_before(const char *host, const char *at)
{
    while (at > host && at[-1] != '.')
        at--;
    return at;
}

const char *bd_site_domain(const char *host)
{
    const char *last = label_before(host, host + strlen(host)), *second, *third;

    if (last == host || strspn(host, "0123456789.") == strlen(host) || host[0] == '[')
        return host;
    second = label_before(host, last - 1);
    for (size_t i = 0; second > host && i < COUNT(second_levels); i++)
        if (strcmp(second, second_levels[i]) == 0) {
            third = label_before(host, second - 1);
            return third;
        }
    return second;
}

enum bd_category bd_site_category(const char *host)
{
    for (size_t i = 0; i < COUNT(places); i++)
        if (under(host, places[i].domain))
            return places[i].category;
    return BD_CATEGORY_UNKNOWN;
}

static char small(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return c;
}

/* Letters and digits of n bytes, small, without what separates them; "" if it holds
 * others, too many, or no letter. */
static void key_of(const char *s, size_t n, char out[KEY_BYTES])
{
    bool letters = false;
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');

        if (!letter && (s[i] < '0' || s[i] > '9')) {
            if (strchr(" -_.'&", s[i]) && s[i])
                continue;
            used = KEY_BYTES;
        }
        if (used + 1 >= KEY_BYTES) {
            out[0] = '\0';
            return;
        }
        letters |= letter;
        out[used++] = small(s[i]);
    }
    out[letters && used >= 2 ? used : 0] = '\0';
}

static bool owns(const char *domain, const char *name)
{
    char own[KEY_BYTES], label[KEY_BYTES], whole[KEY_BYTES];

    key_of(name, strlen(name), own);
    key_of(domain, strcspn(domain, "."), label);
    key_of(domain, strlen(domain), whole);
    return own[0] && (strcmp(own, label) == 0 || strcmp(own, whole) == 0);
}

static bool same(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!a[i] || small(a[i]) != small(b[i]))
            return false;
    return true;
}

static bool titled(const char *title, bool named, const char *name)
{
    static const char *const words[] = {"官网",          "官方网站",         "官方",
                                        "official site", "official website", "official"};
    size_t n = strlen(name);

    if (n == 0 || !same(title, name, n))
        return false;
    title += n;
    title += strspn(title, " -|'s");
    for (size_t i = 0; i < COUNT(words); i++)
        if (strlen(words[i]) == strlen(title) && same(title, words[i], strlen(words[i])))
            return true;
    return named && !*title;
}

bool bd_site_belongs(const char *domain, const char *title, bool named,
                     const struct bd_brand *b)
{
    if (owns(domain, b->name) || titled(title, named, b->name))
        return true;
    for (size_t i = 0; i < b->alias_count; i++)
        if (owns(domain, b->aliases[i]) || titled(title, named, b->aliases[i]))
            return true;
    return false;
}
