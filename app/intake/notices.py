"""The notice shown beside every comparison: what is kept, who sees it, how to say no."""

from collections.abc import Mapping
from typing import Final, NamedTuple

VERSION: Final = "2026-11-23"
"""Stored with each comparison that showed it. A new text in any language is a new version."""
_FALLBACK: Final = "en"


class Notice(NamedTuple):
    """The notice in one language. All languages of a version say the same."""

    version: str
    text: str


_TEXTS: Final[Mapping[str, str]] = {
    "en": (
        "Your vote is kept to compare AI models, together with this conversation and both answers unless less is "
        "shared. Before researchers see any of it, it is cut loose from your account, and e-mail addresses, phone "
        "numbers and the like are removed where they are recognised. Names and other details may stay in the text, "
        "so please do not vote on a sensitive conversation. You can undo your vote for a while, skip, which deletes "
        "the text kept for this question, or say that you do not want to be asked again."
    ),
    "de": (
        "Ihre Stimme wird aufbewahrt, um KI-Modelle zu vergleichen, zusammen mit dieser Unterhaltung und beiden "
        "Antworten, sofern nicht weniger geteilt wird. Bevor Forschende etwas davon sehen, wird es von Ihrem Konto "
        "getrennt, und E-Mail-Adressen, Telefonnummern und Ähnliches werden entfernt, soweit sie erkannt werden. "
        "Namen und andere Einzelheiten können im Text bleiben; stimmen Sie deshalb bitte nicht über eine vertrauliche "
        "Unterhaltung ab. Sie können Ihre Stimme eine Zeit lang zurücknehmen, die Frage überspringen, womit der dafür "
        "aufbewahrte Text gelöscht wird, oder sagen, dass Sie nicht mehr gefragt werden möchten."
    ),
    "fr": (
        "Votre vote est conservé afin de comparer des modèles d’IA, avec cette conversation et les deux réponses, sauf "
        "si un partage plus restreint a été choisi. "
        "Avant que des chercheurs n’en voient quoi que ce soit, le tout est séparé de votre "
        "compte, et les adresses e-mail, numéros de téléphone et données semblables sont retirés lorsqu’ils sont "
        "reconnus. Des noms et d’autres détails peuvent rester dans le texte : merci de ne pas voter sur une "
        "conversation sensible. Vous pouvez annuler votre vote pendant un certain temps, passer la question, ce qui "
        "supprime le texte conservé pour elle, ou demander à ne plus être sollicité."
    ),
    "es": (
        "Su voto se guarda para comparar modelos de IA, junto con esta conversación y las dos respuestas, salvo que "
        "se haya elegido compartir menos. "
        "Antes de que los investigadores vean nada de ello, se separa de su cuenta, y se eliminan las "
        "direcciones de correo, los números de teléfono y datos parecidos cuando se reconocen. En el texto pueden "
        "quedar nombres y otros detalles; por eso, no vote sobre una conversación delicada. Puede deshacer su voto "
        "durante un tiempo, omitir la pregunta, con lo que se borra el texto guardado para ella, o pedir que no se le "
        "vuelva a preguntar."
    ),
    "ar": (
        "يُحفظ تصويتك للمقارنة بين نماذج الذكاء الاصطناعي، ومعه هذه المحادثة والإجابتان ما لم يُختَر نطاق مشاركة أضيق. "
        "وقبل أن يطّلع الباحثون على أي شيء من ذلك، يُفصل عن حسابك، وتُزال عناوين البريد الإلكتروني وأرقام الهواتف وما "
        "يشبهها حيثما أمكن التعرّف عليها. قد تبقى في النص أسماء وتفاصيل أخرى، لذا نرجو ألا تصوّت على محادثة حساسة. "
        "يمكنك التراجع عن تصويتك لفترة من الوقت، أو تخطّي السؤال فيُحذف النص المحفوظ من أجله، أو طلب عدم سؤالك مرة أخرى."
    ),
    "ja": (
        "あなたの投票は、AIモデルを比較するために、この会話と両方の回答とともに保存されます（共有範囲がより狭く設定されている場合を除きます）。"
        "研究者が目にする前に、アカウントとの結び付きは切り離され、メールアドレスや電話番号などは検出できたものが取り除かれます。"
        "名前などの情報が文中に残ることがあるため、他人に知られたくない会話には投票しないでください。"
        "投票はしばらくの間取り消せます。スキップする（この質問のために保存された文章は削除されます）ことも、"
        "今後は質問しないよう設定することもできます。"
    ),
}
_NOTICES: Final = {language: Notice(VERSION, text) for language, text in _TEXTS.items()}
LANGUAGES: Final = tuple(_TEXTS)


def notice_for(locale: str | None) -> Notice:
    """The notice in the language of a BCP 47 tag, in English where there is none or it has no notice."""
    language = locale.replace("_", "-").partition("-")[0].lower() if locale else _FALLBACK
    return _NOTICES.get(language, _NOTICES[_FALLBACK])
