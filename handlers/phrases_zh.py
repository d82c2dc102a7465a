"""What the phone pages say in Chinese."""

PHRASES: dict[str, str] = {
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
        "点击“开始”即表示您同意由验证服务核验您的面部，以证明这张肖像属于其本人。如果您不是本人，"
        "请直接关闭本页。"
    ),
    "camera_title": "需要使用摄像头",
    "camera_text": (
        "如果摄像头打不开（例如在微信等应用的内置浏览器里），请复制本页链接，"
        "用手机自带的浏览器（如 Safari 或 Chrome）打开。"
    ),
    "lasts": "此链接还可使用{time}。",
    "minutes": " {count} 分钟",
    "hours": " {count} 小时",
    "days": " {count} 天",
    "opening": "正在打开…",
    "privacy": "扫描画面只由验证服务处理，我们只会得知是否通过。",
    "left": "本次扫描剩余时间",
    "progress": "进度",
    "progress_done": "已完成",
    "progress_verifying": "核对扫描结果",
    "progress_verified": "面部验证通过",
    "progress_ready": "肖像登记完成",
    "this_app": "这个应用",
    "inside_title": "请用浏览器打开本页",
    "inside_text": (
        "{app}的内置浏览器往往打不开摄像头。"
        "请复制链接，用 Safari、Chrome 或手机自带的浏览器打开；也可以在右上角的菜单里选择“在浏览器打开”。"
    ),
    "blind_title": "这个浏览器打不开摄像头",
    "blind_text": "请复制链接，用 Safari、Chrome 或手机自带的浏览器打开，也可以换一部手机。",
    "open_outside": "在浏览器中打开",
    "on_phone": "改用手机扫描",
    "on_this": "改用本设备扫描",
    "qr": "二维码：打开扫描页面",
    "handoff_title": "请用手机扫描二维码",
    "handoff_text": "人脸扫描在手机上做最方便。用手机的相机对准二维码，打开出现的链接即可。",
    "handoff_live": "请让本页保持打开，手机上的进展会显示在这里。",
    "once_more_text": "每次扫描只保留一两分钟。如果超时、中断或没有成功，重新开始即可。",
    "start_title": "请做一次简短的人脸扫描",
    "start_text": (
        "这是为了确认肖像确实属于您，避免他人冒用您的面容。验证服务会通过摄像头核对您的脸，"
        "大约需要一分钟。"
    ),
    "again_title": "请再试一次",
    "again_text": "上次扫描超时、中断或没有成功。准备好后，在光线充足的地方重新开始即可，链接仍然有效。",
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
}
