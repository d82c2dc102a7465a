"""Browsers inside of apps are known by what they say, and no real browser is taken for one."""

import pytest

from handlers.in_app import LONGEST, UNNAMED, app_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8{}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36"
VIEW = ANDROID.format("; wv")


@pytest.mark.parametrize(
    ("user_agent", "name", "chinese"),
    [
        (
            f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN",
            "WeChat",
            "微信",
        ),
        (f"{VIEW} MQQBrowser/6.2 TBS/046 MicroMessenger/8.0.49", "WeChat", "微信"),
        (f"{VIEW} MQQBrowser/6.2 V1_AND_SQ_8.9.0 QQ/8.9.0.1 NetType/WIFI", "QQ", "QQ"),
        (f"{IPHONE} Mobile/15E148 Weibo (iPhone14,5__weibo__14.6.0)", "Weibo", "微博"),
        (
            f"{IPHONE} Mobile/15E148 ChannelId(1) AliApp(AP/10.6) AlipayClient/10.6",
            "Alipay",
            "支付宝",
        ),
        (f"{VIEW} aweme_300500 JsSdk/1.0", "Douyin", "抖音"),
        (f"{IPHONE} Mobile/15E148 musical_ly_35 BytedanceWebview/d8a21c6", "TikTok", "TikTok"),
        (f"{IPHONE} Mobile/15E148 Safari Line/14.7.0", "LINE", "LINE"),
        (f"{VIEW} Line/14.7.0/IAB", "LINE", "LINE"),
        (f"{IPHONE} Mobile/15E148 Instagram 335.0.0 (iPhone14,5)", "Instagram", "Instagram"),
        (f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/466.0;FBBV/1]", "Facebook", "Facebook"),
        (f"{VIEW} [FB_IAB/FB4A;FBAV/466.0;]", "Facebook", "Facebook"),
        (f"{IPHONE} Mobile/15E148 XiaoHongShu/8.40", "Xiaohongshu", "小红书"),
        (VIEW, UNNAMED, UNNAMED),
        (f"{IPHONE} Mobile/15E148", UNNAMED, UNNAMED),
    ],
)
def test_a_browser_inside_of_an_app_is_known(user_agent: str, name: str, chinese: str) -> None:
    assert app_of(user_agent, "en") == app_of(user_agent, "ja") == name
    assert app_of(user_agent, "zh") == chinese


@pytest.mark.parametrize(
    "user_agent",
    [
        f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
        f"{IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
        f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
        ANDROID.format("").replace("Version/4.0 ", ""),
        f"{ANDROID.format('')} MQQBrowser/15.0",
        "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
        "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
        "curl/8.5 offline/1",
        "",
    ],
)
def test_a_browser_that_stands_on_its_own_is_left_alone(user_agent: str) -> None:
    assert app_of(user_agent, "en") is None


def test_no_more_than_a_name_is_looked_through() -> None:
    assert app_of("x" * (LONGEST - 20) + " Line/14.5", "en") == "LINE"
    assert app_of("x" * LONGEST + " Line/14.5", "en") is None
