"""Browsers inside of apps, told by what they call themselves; the camera often stays shut in them.

Rules of this file:
- It is advice and no gate: whoever is taken for one of them can start all the same.
- What only shares a word with an app, such as QQ's browser of its own, is left alone.
"""

import re

LINE = "LINE"
UNNAMED = ""
"""Inside of an app that does not say which."""

# The first that fits is the app: some of them call themselves by several names.
_APPS: tuple[tuple[str, str, str], ...] = (
    (r"MicroMessenger|wxwork", "WeChat", "微信"),
    (r"(?<![A-Z])QQ/\d", "QQ", "QQ"),
    (r"Weibo", "Weibo", "微博"),
    (r"AlipayClient", "Alipay", "支付宝"),
    (r"DingTalk", "DingTalk", "钉钉"),
    (r"\bLark/|Feishu", "Lark", "飞书"),
    (r"\baweme", "Douyin", "抖音"),
    (r"musical_ly|\btrill|BytedanceWebview|TikTok", "TikTok", "TikTok"),
    (r"NewsArticle", "Toutiao", "今日头条"),
    (r"XiaoHongShu|xhsdiscover", "Xiaohongshu", "小红书"),
    (r"Kwai|Kuaishou", "Kuaishou", "快手"),
    (r"BiliApp", "Bilibili", "哔哩哔哩"),
    (r"baiduboxapp", "Baidu", "百度"),
    (r"(?<![A-Z])Line/\d", LINE, LINE),
    (r"KAKAOTALK", "KakaoTalk", "KakaoTalk"),
    (r"Instagram", "Instagram", "Instagram"),
    (r"Barcelona \d", "Threads", "Threads"),
    (r"MessengerForiOS|Orca-Android|MessengerLite", "Messenger", "Messenger"),
    (r"FBAN|FBAV|FB_IAB", "Facebook", "Facebook"),
    (r"Twitter for|TwitterAndroid", "X", "X"),
    (r"Snapchat", "Snapchat", "Snapchat"),
    (r"LinkedInApp", "LinkedIn", "LinkedIn"),
    (r"\[Pinterest", "Pinterest", "Pinterest"),
)
_NAMED = [(re.compile(pattern, re.IGNORECASE), name, zh) for pattern, name, zh in _APPS]
# Android marks its WebView; on an iPhone every browser says Safari, and what an app embeds does not.
_EMBEDDED = re.compile(r"; wv\)|\b(?:iPhone|iPad|iPod)\b(?!.*Safari/)")

LONGEST = 1000
"""Characters of a browser's name for itself that are looked at; real ones have some three hundred."""


def app_of(user_agent: str, language: str) -> str | None:
    """The app whose browser this is, as it is called in the language; UNNAMED when it hides its name,
    None for a browser that stands on its own."""
    # Many patterns go through it, and a stranger may make it long.
    user_agent = user_agent[:LONGEST]
    for pattern, name, chinese in _NAMED:
        if pattern.search(user_agent):
            return chinese if language == "zh" else name
    return UNNAMED if _EMBEDDED.search(user_agent) else None
