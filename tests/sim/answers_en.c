/* sim/answers_en.c - English answers, in the shapes that assistants give them. */
#include "sim/corpus.h"

/* clang-format off */
const struct sim_template sim_answers_en[] = {
{"list", "Here are the {T} I would look at first:\n\n1. **{A}** — the {Ap} stands out for {Ag}.\n2. **{B}** — known for {Bg}.\n3. **{C}** — {Cg}, though it has {Cw}.\n4. **{D}** — worth a look for {Dg}.\n5. **{E}** — {Eg}.\n\nIf you want a single pick, go with {A}."},
{"list", "My ranking for {T}:\n\n1) {A} ({Ae}): {Ag}\n2) {B} ({Be}): {Bg}\n3) {C} ({Ce}): {Cg}\n4) {D} / {E}: close to each other; the former offers {Dg}, the latter {Eg}.\n\nRankings change often, so check current prices."},
{"sections", "## Best overall\n\n1. **{A}** – {Ag}\n2. **{B}** – {Bg}\n\n## Best value\n\n1. **{C}** – {Cg}\n2. **{D}** – {Dg}\n\n## Keep in mind\n\n- {A} comes with {Aw}.\n- {C} comes with {Cw}."},
{"sections", "### For families\n- **{A}** ({Ap}): {Ag}\n- **{B}** ({Bp}): {Bg}\n\n### For enthusiasts\n- **{C}** ({Cp}): {Cg}\n\n### On a budget\n- **{D}** ({Dp}): {Dg}\n\n**Bottom line:** {A} suits most people."},
{"bullets", "People who ask about {T} usually compare these:\n\n- {A}: {Ag}\n- {B}: {Bg}\n- {C}: {Cg}\n- {D}: {Dg}\n\nNone of them is right for everybody; {B}, for instance, has {Bw}."},
{"table", "A quick comparison of {T}:\n\n| Rank | Brand | Model | Strength | Weakness |\n|---|---|---|---|---|\n| 1 | {A} | {Ap} | {Ag} | {Aw} |\n| 2 | {B} | {Bp} | {Bg} | {Bw} |\n| 3 | {C} | {Cp} | {Cg} | {Cw} |\n| 4 | {D} | {Dp} | {Dg} | {Dw} |\n\nThe gap between {A} and {B} is small."},
{"prose", "For {T}, {A} is the one I would try first: it has {Ag}, and the {Ap} is easy to live with. {B} comes second thanks to {Bg}. {C} is an alternative if you can accept {Cw}, because it also brings {Cg}."},
{"prose", "There is no single winner. Reviewers tend to praise {A} for {Ag} and {B} for {Bg}; owners of {C} like {Cg} but complain about {Cw}. Test two of them before you decide."},
{"criteria", "Before choosing among {T}, settle three things:\n\n1. Budget: decide on a ceiling.\n2. Service: find the nearest workshop or shop.\n3. Daily use: list what you need every day.\n\nWith that in mind, consider:\n\n- **{A}** for {Ag}\n- **{B}** for {Bg}\n- **{C}** for {Cg}"},
{"disclaimer", "I could not find reliable public information about {X}, so I will not rate it. Better documented options among {T} are:\n\n1. **{A}**: {Ag}\n2. **{B}**: {Bg}\n3. **{C}**: {Cg}"},
{"negative", "{A} and {B} lead here, with {Ag} and {Bg} respectively. I would not recommend {X}: buyers report {Xw}, and support is said to be slow. {C} is a safer third choice for {Cg}."},
{"short", "Go with {A} for {Ag}; {B} is a fine runner-up."},
{"json", "1. **{A}** – {Ag}\n2. **{B}** – {Bg}\n3. **{C}** – {Cg}\n\n```json\n{\"geo_analysis\": {\"brand_mentioned\": true, \"rank\": 1, \"sentiment\": 0.8, \"cited_sources\": [], \"interception\": \"\",}}\n```"},
};
/* clang-format on */
const size_t sim_answers_en_n = sizeof(sim_answers_en) / sizeof(sim_answers_en[0]);
