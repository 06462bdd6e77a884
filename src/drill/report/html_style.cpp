#include "drill/report/html_parts.hpp"

namespace lastcall::drill {
namespace {

// The colours of the rulings are those of Okabe and Ito, which are told apart with every
// common kind of colour blindness; marks and words say the same.
constexpr std::string_view colours = R"(:root{color-scheme:light dark;
--paper:#f6f7f9;--card:#fff;--ink:#1b2026;--soft:#5a6572;--line:#dde2e8;--band:#5a6a7e0f;
--fine:#7fb2d9;--life:#cdd5de;--legal:#009e73;--expected:#8a94a0;--lost:#d0480b;
--ambiguous:#a3629b;--ours:#b9a03a;--after:#fff6e6;--signal:#1b2026;--mark:#77828f;
--pass:#0b7a55;--fail:#b93a06;--open:#8a6200;--pass-bg:#e7f5ef;--fail-bg:#fdeee6;
--open-bg:#fdf4df;--pre:#cbbfe8;--waiting:#dcdfe4;--duck:#f6d58a;--drain:#8fc1e8;
--close:#8ed1bf;--exit:#c3ccd6;--phase-ink:#1b2026;--queue:#d98b5f;--zoom:#e9edf2}
@media (prefers-color-scheme:dark){:root{
--paper:#12161b;--card:#1a2027;--ink:#e6eaef;--soft:#9aa7b5;--line:#2e3741;--band:#a8bed50e;
--fine:#4f86b3;--life:#39434f;--legal:#2cc295;--expected:#7d8894;--lost:#ff7f3f;
--ambiguous:#d695cd;--ours:#c9b14f;--after:#242119;--signal:#f2f4f7;--mark:#7c8896;
--pass:#45cf9e;--fail:#ff8a52;--open:#e8b94a;--pass-bg:#14291f;--fail-bg:#32190d;
--open-bg:#2d2410;--pre:#6d5fa0;--waiting:#444c56;--duck:#8c6b1f;--drain:#2f6c9c;
--close:#2a7865;--exit:#4f5b68;--phase-ink:#fff;--queue:#a85f36;--zoom:#232b34}}
)";

constexpr std::string_view layout = R"(*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:1240px;margin:0 auto;padding:20px}
section,.top{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:18px 22px;margin:0 0 16px}
h2{font-size:17px;margin:0 0 12px}h3{font-size:14px;margin:18px 0 6px}
small,.note,footer{color:var(--soft)}.note{font-size:13px;margin:8px 0 0}
p{margin:4px 0}ul{margin:4px 0;padding-left:20px}code{font-size:.92em}
footer{font-size:12px;text-align:center}
.top{border-left:10px solid var(--tone);background:var(--tone-bg)}
.is-pass{--tone:var(--pass);--tone-bg:var(--pass-bg)}
.is-fail{--tone:var(--fail);--tone-bg:var(--fail-bg)}
.is-open{--tone:var(--open);--tone-bg:var(--open-bg)}
.what{font-weight:600}.what span{font-weight:400;color:var(--soft)}
h1{display:flex;align-items:center;flex-wrap:wrap;gap:12px;margin:6px 0;color:var(--tone);
font-size:52px;line-height:1.1;letter-spacing:.01em}
h1 small{font-size:18px;font-weight:500;letter-spacing:0}
.sentence{font-size:19px;line-height:1.4;margin:4px 0}
.because{margin:12px 0 4px}.because li{margin:4px 0}.fix{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:10px 34px;margin:14px 0 0}
.tiles dt,.facts dt{font-size:12px;color:var(--soft)}.tiles dd{margin:0;font-size:21px;
font-weight:600;line-height:1.25}.tiles small{font-size:13px;font-weight:400}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:8px 22px;
margin:6px 0}.facts dd{margin:0}
.symbol{flex:none;vertical-align:-3px}.symbol circle{fill:currentColor}
.symbol path{fill:none;stroke:var(--card);stroke-width:1.8;stroke-linecap:round;
stroke-linejoin:round}.s-pass{color:var(--pass)}.s-fail{color:var(--fail)}
.s-open,.s-warn{color:var(--open)}.s-none{color:var(--expected)}
.scroll{overflow-x:auto}.scroll .picture{min-width:620px}
.phases,.legend{list-style:none;padding:0;margin:10px 0 0;display:flex;flex-wrap:wrap;
gap:4px 22px;font-size:13px}.phases span{color:var(--soft)}
.swatch{vertical-align:-1px;margin-right:6px}.legend svg{vertical-align:-1px;margin-right:4px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);font-size:13px;padding-bottom:6px}
th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;
border-top:1px solid var(--line);font-weight:400}
thead th{overflow-wrap:normal;font-size:12px;color:var(--soft);vertical-align:bottom;border-top:0}
.n{text-align:right;white-space:nowrap;padding-right:14px}.zero{color:var(--line)}
.outcomes thead th:nth-child(n+3),.numbers thead th:not(:first-child){text-align:right;
padding-right:14px}
.trials thead th:last-child{text-align:left!important}
.outcomes [scope=rowgroup]{font-weight:600}.outcomes [scope=rowgroup] small{font-weight:400}
.criteria td:first-child{width:124px;white-space:nowrap}.criteria th[scope=row]{width:34%}
.criteria code{color:var(--soft)}.criteria .is-fail{background:var(--fail-bg)}
.criteria .is-warn,.criteria .is-inconclusive{background:var(--open-bg)}
.criteria .is-not_asked{color:var(--soft)}.criteria td:first-child{padding-left:8px}
.t-lost{color:var(--lost);font-weight:700}.t-ambiguous{color:var(--ambiguous);font-weight:700}
.t-legal{color:var(--legal)}.t-depends{font-weight:700}
.matrix{width:auto}.matrix thead th{max-width:112px}.matrix thead th:not(:first-child){
text-align:right;padding-right:14px}.matrix tbody tr:hover{background:var(--band)}
.thin{background:repeating-linear-gradient(135deg,transparent 0 5px,var(--line) 5px 6px)}
details{border-top:1px solid var(--line);padding:8px 0}summary{cursor:pointer;font-weight:600}
@media (max-width:760px){main{padding:8px}section,.top{padding:14px}h1{font-size:40px}
.sentence{font-size:17px}.criteria,.criteria tbody,.criteria tr,.criteria td,.criteria th{
display:block;width:auto!important}.criteria thead{display:none}
.criteria td,.criteria th{border:0;padding:2px 8px}.criteria tr{border-top:1px solid var(--line);
padding:5px 0}}
)";

constexpr std::string_view drawing = R"(.picture{display:block;overflow:visible;
font:11px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.definitions{position:absolute}
.picture text{fill:var(--ink)}.picture path{vector-effect:non-scaling-stroke}
.picture .tick,.picture .lane-text,.picture .mark-text{paint-order:stroke;stroke:var(--card);
stroke-width:3px;stroke-linejoin:round}.picture .tick{fill:var(--soft)}
.picture .strong{font-weight:700}.picture .bad{fill:var(--fail);font-weight:700}
.picture .phase-text{font-size:12px;fill:var(--phase-ink)}
.picture .in-strip{font-size:9px;fill:var(--phase-ink)}
.picture .lane-text{fill:var(--soft)}.lane-text .strong{fill:var(--ink)}
.band{fill:var(--band)}.after{fill:var(--after)}.hit{fill:none;pointer-events:all}
.grid,.base,.mark{fill:none;stroke:var(--line)}.mark{stroke:var(--mark);stroke-width:1;
opacity:.75}.signal{stroke:var(--signal);stroke-width:2;opacity:1}
.kill{stroke:var(--fail);stroke-width:2;opacity:1}
.life{fill:none;stroke:var(--life)}.bar{fill:none}
.fine{stroke:var(--fine)}.legal{stroke:var(--legal)}.expected{stroke:var(--expected)}
.lost{stroke:var(--lost)}.ambiguous{stroke:var(--ambiguous)}.ours{stroke:var(--ours)}
.halo{fill:none;stroke:var(--card);stroke-width:4}
.stroke-lost{fill:none;stroke:var(--lost);stroke-width:2}
.fill-ambiguous{fill:var(--ambiguous);stroke:var(--card)}
.fill-legal{fill:var(--card);stroke:var(--legal);stroke-width:1.6}
.fill-expected{fill:var(--expected);stroke:var(--card)}
.area.in-flight{fill:var(--drain)}.area.queue{fill:var(--queue)}
.ready{fill:var(--close)}.not-ready{fill:var(--duck)}
.gap{fill:var(--card);fill-opacity:.85;stroke:var(--mark);stroke-dasharray:4 3;
vector-effect:non-scaling-stroke}.picture .gap-text{fill:var(--soft);font-size:12px}
.zoom{fill:var(--zoom)}.hatch{stroke:var(--line);stroke-width:1.5}
.p-pre-stop{fill:var(--pre)}.p-waiting{fill:var(--waiting)}.p-lame-duck{fill:var(--duck)}
.p-drain{fill:var(--drain)}.p-close{fill:var(--close)}.p-exit{fill:var(--exit)}
.p-unused{fill:var(--band);stroke:var(--line);vector-effect:non-scaling-stroke}
@media print{body{background:#fff}main{max-width:none;padding:0}section,.top{
break-inside:avoid-page;border-color:#bbb}*{print-color-adjust:exact;
-webkit-print-color-adjust:exact}.scroll{overflow:visible}}
)";

}  // namespace

std::string page_style() {
    std::string made;
    return made.append(colours).append(layout).append(drawing);
}

}  // namespace lastcall::drill
