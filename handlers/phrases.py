"""What the phone pages say, in each language, and which language that is.

Rules of this file:
- Every language has the same keys; `{state}_title` and `{state}_text` exist for each page state.
- The reader is addressed once, plainly, and is always told what to do next.
"""

import re

LANGUAGES = ("zh", "en", "ja")
DEFAULT_LANGUAGE = "en"

PHRASES: dict[str, dict[str, str]] = {
    "zh": {
        "language": "中文",
        "languages": "语言",
        "start": "开始",
        "start_again": "重新开始",
        "check_again": "查看最新进展",
        "reload": "重新加载",
        "back": "返回",
        "close": "您现在可以关闭本页。",
        "copy_link": "复制链接",
        "copied": "已复制",
        "page_link": "本页链接",
        "whose": "肖像人物",
        "steps": "扫描步骤",
        "step_1": "点击“开始”，验证服务的页面会打开，并请求使用摄像头。",
        "step_2": "在光线充足的地方，把手机举到与眼睛齐平，按屏幕提示操作。",
        "step_3": "结束后，点击那一页上的完成按钮，即可回到这里。",
        "consent": (
            "点击“开始”即表示您同意由验证服务核验您的面部，以证明这张肖像属于其本人。"
            "如果您不是本人，请直接关闭本页。"
        ),
        "camera_title": "需要使用摄像头",
        "camera_text": (
            "如果摄像头打不开（例如在微信等应用的内置浏览器里），"
            "请复制本页链接，用手机自带的浏览器（如 Safari 或 Chrome）打开。"
        ),
        "again_text": "每次扫描只保留一两分钟。如果超时、中断或没有成功，重新开始即可。",
        "lasts": "此链接还可使用{time}。",
        "minutes": " {count} 分钟",
        "hours": " {count} 小时",
        "days": " {count} 天",
        "start_title": "请做一次简短的人脸扫描",
        "start_text": (
            "这是为了确认肖像确实属于您，避免他人冒用您的面容。"
            "验证服务会通过摄像头核对您的脸，大约需要一分钟。"
        ),
        "scanning_title": "正在等待扫描结果",
        "scanning_text": "扫描已在这部或另一部手机上打开，目前还没有收到结果。收到后本页会自动更新。",
        "verifying_title": "正在核对扫描结果",
        "verifying_text": "欢迎回来，谢谢您。我们正在向验证服务查询结果，通常只需几秒钟。",
        "asset_title": "面部验证已通过",
        "asset_text": "正在登记肖像，您无需再做任何操作。可以在这里等它完成，也可以关闭本页。",
        "done_title": "全部完成",
        "done_text": "谢谢您！确认已完成，您无需再做任何操作。",
        "expired_title": "此链接已失效",
        "expired_text": "使用期限已过。请联系发送链接的人，向对方要一个新链接。",
        "failed_title": "未能完成",
        "failed_text": "很抱歉，这次没有成功。请联系发送链接的人，对方可以看到原因，并为您重新发起。",
        "canceled_title": "此请求已取消",
        "canceled_text": "这次扫描已不再需要，您无需做任何操作。如有疑问，请联系发送链接的人。",
        "busy_title": "请稍等片刻",
        "busy_text": "现在暂时无法打开扫描。请稍等一会儿，再点击“开始”。您的链接仍然有效。",
        "unavailable_title": "暂时无法连接",
        "unavailable_text": "我们的系统或验证服务暂时连接不上。请稍等一会儿，再重新加载本页。",
        "gone_title": "找不到此页面",
        "gone_text": "请检查链接是否复制完整，或向发送链接的人要一个新链接。",
    },
    "en": {
        "language": "English",
        "languages": "Language",
        "start": "Start",
        "start_again": "Start again",
        "check_again": "Check again now",
        "reload": "Reload",
        "back": "Go back",
        "close": "You can close this page now.",
        "copy_link": "Copy link",
        "copied": "Copied",
        "page_link": "Link to this page",
        "whose": "Portrait of",
        "steps": "How it goes",
        "step_1": "Press Start. The verification service opens and asks to use your camera.",
        "step_2": "Find good light, hold the phone at eye level and follow the screen.",
        "step_3": "At the end, press the button that completes the scan. It brings you back here.",
        "consent": (
            "By pressing Start you agree that the verification service checks your face, "
            "to prove that the portrait belongs to the person it shows. "
            "If that is not you, please close this page."
        ),
        "camera_title": "You need a camera",
        "camera_text": (
            "If it does not open, as in the built-in browser of some apps, "
            "copy the link to this page and open it in your phone’s own browser, "
            "such as Safari or Chrome."
        ),
        "again_text": (
            "A scan stays open for only a minute or two. "
            "If it ran out, was interrupted or did not succeed, just start again."
        ),
        "lasts": "This link works for another {time}.",
        "minutes": "{count} minutes",
        "hours": "{count} hours",
        "days": "{count} days",
        "start_title": "A short face scan, please",
        "start_text": (
            "It confirms that the portrait is really yours, so that nobody else can use your face. "
            "A verification service looks at you through the camera; it takes about a minute."
        ),
        "scanning_title": "Waiting for your scan",
        "scanning_text": (
            "A scan was opened on this phone or another one, and its result is not here yet. "
            "This page moves on by itself."
        ),
        "verifying_title": "Checking your scan",
        "verifying_text": (
            "Welcome back, and thank you. We are asking the verification service for the result; "
            "that usually takes a few seconds."
        ),
        "asset_title": "Your face is verified",
        "asset_text": (
            "The portrait is being registered. There is nothing more for you to do: "
            "watch it finish here, or close this page."
        ),
        "done_title": "All done",
        "done_text": "Thank you! Everything is confirmed, and nothing more is needed from you.",
        "expired_title": "This link has expired",
        "expired_text": ("Its time has run out. Please ask whoever sent it to you for a new one."),
        "failed_title": "That did not work",
        "failed_text": (
            "We are sorry, this could not be completed. Please tell whoever sent you the link: "
            "they can see the reason and start over with you."
        ),
        "canceled_title": "This request was canceled",
        "canceled_text": (
            "The scan is no longer needed, and you do not have to do anything. "
            "If you have questions, ask whoever sent you the link."
        ),
        "busy_title": "One moment, please",
        "busy_text": (
            "The scan could not be opened just now. Wait a little, then press Start again. "
            "Your link still works."
        ),
        "unavailable_title": "We cannot connect right now",
        "unavailable_text": (
            "Our system or the verification service is out of reach. "
            "Please wait a little, then reload this page."
        ),
        "gone_title": "Page not found",
        "gone_text": (
            "Please check that the link was copied completely, "
            "or ask whoever sent it to you for a new one."
        ),
    },
    "ja": {
        "language": "日本語",
        "languages": "言語",
        "start": "開始する",
        "start_again": "もう一度開始する",
        "check_again": "最新の状況を確認する",
        "reload": "再読み込みする",
        "back": "元のページに戻る",
        "close": "このページを閉じていただいて構いません。",
        "copy_link": "リンクをコピー",
        "copied": "コピーしました",
        "page_link": "このページのリンク",
        "whose": "ポートレートの人物",
        "steps": "スキャンの流れ",
        "step_1": "「開始する」を押すと本人確認サービスが開き、カメラの使用許可を求められます。",
        "step_2": "明るい場所でスマートフォンを目の高さに持ち、画面の案内に従ってください。",
        "step_3": "終わったら完了ボタンを押すと、このページに戻ります。",
        "consent": (
            "「開始する」を押すと、ポートレートがご本人のものであることを証明するため、"
            "本人確認サービスが顔を照合することに同意したことになります。"
            "ご本人でない場合は、このページを閉じてください。"
        ),
        "camera_title": "カメラが必要です",
        "camera_text": (
            "LINE などのアプリ内ブラウザでカメラが起動しない場合は、"
            "このページのリンクをコピーし、Safari や Chrome などのブラウザで開いてください。"
        ),
        "again_text": (
            "スキャンの有効時間は 2 分ほどです。"
            "時間切れや中断、失敗の場合は、もう一度開始してください。"
        ),
        "lasts": "このリンクはあと{time}有効です。",
        "minutes": " {count} 分",
        "hours": " {count} 時間",
        "days": " {count} 日",
        "start_title": "顔のスキャンをお願いします",
        "start_text": (
            "ポートレートがご本人のものであることを確認し、他人による悪用を防ぐためのものです。"
            "本人確認サービスがカメラで顔を照合します。所要時間は 1 分ほどです。"
        ),
        "scanning_title": "スキャンの結果を待っています",
        "scanning_text": (
            "この端末または別の端末でスキャンが開かれましたが、結果はまだ届いていません。"
            "届きしだい、このページは自動的に更新されます。"
        ),
        "verifying_title": "スキャンの結果を確認しています",
        "verifying_text": (
            "お疲れさまでした。本人確認サービスに結果を問い合わせています。通常は数秒で終わります。"
        ),
        "asset_title": "顔の確認ができました",
        "asset_text": (
            "ポートレートを登録しています。これ以上の操作は必要ありません。"
            "このままお待ちいただくか、ページを閉じてください。"
        ),
        "done_title": "すべて完了しました",
        "done_text": "ご協力ありがとうございました。これ以上の操作は必要ありません。",
        "expired_title": "リンクの有効期限が切れました",
        "expired_text": "お手数ですが、リンクの送信者に新しいリンクをご依頼ください。",
        "failed_title": "完了できませんでした",
        "failed_text": (
            "申し訳ございません。手続きを完了できませんでした。リンクの送信者にご連絡ください。"
            "送信者が理由を確認し、改めてご案内できます。"
        ),
        "canceled_title": "この依頼は取り消されました",
        "canceled_text": (
            "スキャンは不要になりましたので、操作の必要はありません。"
            "ご不明な点は、リンクの送信者にお問い合わせください。"
        ),
        "busy_title": "少々お待ちください",
        "busy_text": (
            "ただいまスキャンを開くことができません。少し待ってから、もう一度「開始する」を押してください。"
            "リンクは引き続きご利用いただけます。"
        ),
        "unavailable_title": "ただいま接続できません",
        "unavailable_text": (
            "当システムまたは本人確認サービスに接続できません。"
            "少し待ってから、このページを再読み込みしてください。"
        ),
        "gone_title": "ページが見つかりません",
        "gone_text": (
            "リンクが最後まで正しくコピーされているかご確認いただくか、"
            "送信者に新しいリンクをご依頼ください。"
        ),
    },
}

_RANGE = re.compile(
    r"\s*([a-z]{2,3})(?:-[a-z0-9]+)*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]*)?)\s*)?", re.IGNORECASE
)


def choose_language(asked: str | None, accept_language: str | None) -> str:
    """The language that was asked for, else the one the browser likes best, else English."""
    known = _known(asked or "")
    if known is not None:
        return known
    liked = _liked(accept_language or "")
    return max(liked, key=lambda language: liked[language], default=DEFAULT_LANGUAGE)


def _known(tag: str) -> str | None:
    """`zh-Hant`, `zh_CN` and `ZH` are all `zh` to us."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else None


def _liked(header: str) -> dict[str, float]:
    """The weight of each of our languages in Accept-Language; what cannot be read is left out."""
    liked: dict[str, float] = {}
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        language = _known(found[1]) if found else None
        if found is None or language is None:
            continue
        weight = float(found[2] or 1)
        if 0 < weight <= 1:
            liked[language] = max(weight, liked.get(language, 0))
    return liked
