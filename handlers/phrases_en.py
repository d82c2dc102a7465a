"""What the phone pages say in English."""

PHRASES: dict[str, str] = {
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
        "By pressing Start you agree that the verification service checks your face, to "
        "prove that the portrait belongs to the person it shows. If that is not you, "
        "please close this page."
    ),
    "camera_title": "You need a camera",
    "camera_text": (
        "If it does not open, as in the built-in browser of some apps, copy the link to "
        "this page and open it in your phone’s own browser, such as Safari or Chrome."
    ),
    "lasts": "This link works for another {time}.",
    "minutes": "{count} minutes",
    "hours": "{count} hours",
    "days": "{count} days",
    "opening": "Opening …",
    "privacy": (
        "The pictures of the scan stay with the verification service; we only learn "
        "whether it succeeded."
    ),
    "left": "Time left for this scan",
    "progress": "Progress",
    "progress_done": "done",
    "progress_verifying": "Checking your scan",
    "progress_verified": "Face verified",
    "progress_ready": "Portrait ready",
    "this_app": "this app",
    "inside_title": "Open this page in your browser",
    "inside_text": (
        "The browser inside {app} often cannot open the camera. Copy the link and open it in "
        "Safari, Chrome or your phone’s own browser, or choose “Open in browser” from the menu."
    ),
    "blind_title": "This browser has no camera",
    "blind_text": (
        "Copy the link and open it in Safari, Chrome or your phone’s own browser, or on "
        "another phone."
    ),
    "open_outside": "Open in your browser",
    "on_phone": "Continue on your phone",
    "on_this": "Scan on this device instead",
    "qr": "QR code that opens the scan page",
    "handoff_title": "Continue on your phone",
    "handoff_text": (
        "The face scan is easiest on a phone. Point its camera at the code and open the "
        "link that appears."
    ),
    "handoff_live": "Keep this page open: it shows how the scan on the phone is getting on.",
    "once_more_text": (
        "A scan stays open for only a minute or two. If it ran out, was interrupted or did "
        "not succeed, just start again."
    ),
    "start_title": "A short face scan, please",
    "start_text": (
        "It confirms that the portrait is really yours, so that nobody else can use your "
        "face. A verification service looks at you through the camera; it takes about a "
        "minute."
    ),
    "again_title": "Please try once more",
    "again_text": (
        "The last scan ran out of time, was interrupted or did not succeed. Start again "
        "when you are ready, in good light; your link still works."
    ),
    "scanning_title": "Waiting for your scan",
    "scanning_text": (
        "A scan was opened on this phone or another one, and its result is not here yet. "
        "This page moves on by itself."
    ),
    "verifying_title": "Checking your scan",
    "verifying_text": (
        "Welcome back, and thank you. We are asking the verification service for the "
        "result; that usually takes a few seconds."
    ),
    "asset_title": "Your face is verified",
    "asset_text": (
        "The portrait is being registered. There is nothing more for you to do: watch it "
        "finish here, or close this page."
    ),
    "done_title": "All done",
    "done_text": "Thank you! Everything is confirmed, and nothing more is needed from you.",
    "expired_title": "This link has expired",
    "expired_text": "Its time has run out. Please ask whoever sent it to you for a new one.",
    "failed_title": "That did not work",
    "failed_text": (
        "We are sorry, this could not be completed. Please tell whoever sent you the link: "
        "they can see the reason and start over with you."
    ),
    "canceled_title": "This request was canceled",
    "canceled_text": (
        "The scan is no longer needed, and you do not have to do anything. If you have "
        "questions, ask whoever sent you the link."
    ),
    "busy_title": "One moment, please",
    "busy_text": (
        "The scan could not be opened just now. Wait a little, then press Start again. "
        "Your link still works."
    ),
    "unavailable_title": "We cannot connect right now",
    "unavailable_text": (
        "Our system or the verification service is out of reach. Please wait a little, "
        "then reload this page."
    ),
    "gone_title": "Page not found",
    "gone_text": (
        "Please check that the link was copied completely, or ask whoever sent it to you "
        "for a new one."
    ),
}
