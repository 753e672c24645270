"""Names of well-known assistants and of who makes them, and the words in which a model introduces itself."""

import re
from typing import Final

_VERSION_WORDS: Final = (
    "sonnet|opus|haiku|instant|code|turbo|mini|nano|micro|lite|pro|flash|ultra|advanced|large|small|medium|"
    "instruct|chat|plus|max|coder|thinking|reasoner|preview|omni|vision|bot"
)
# What may follow a name: "4o", "3.5 Sonnet", "-70B Instruct".
_VERSION: Final = rf"(?:[ -]?v?\d\w*+(?:\.\d\w*+)*+|[ -](?:{_VERSION_WORDS})(?![^\W_]))*+"
# Nothing but these is meant by them where somebody introduces themselves.
_ASSISTANTS: Final = (
    r"chat ?gpt|(?:openai[’']s )?gpt(?=[- ]?\d|(?![^\W_]))|o[134](?:-mini|-pro|-preview)?(?![\w’'])|"
    r"(?:anthropic )?claude|(?:google )?gemini|gemma|palm ?2|lamda|google bard|google assistant|"
    r"meta ai|(?:meta )?llama|mistral(?! ai)|mixtral|ministral|codestral|le chat|grok|deep ?seek|qwen|"
    r"tongyi(?: qianwen)?|command[ -](?:r\+?|a)|amazon (?:nova|titan|q)|(?:microsoft |github |bing )copilot|"
    r"copilot|bing chat|phi(?=[- ]?\d)|kimi(?=[ -]k\d)|(?:chat)?glm(?=[- ]?\d)|chatglm|minimax|ernie (?:bot|\d)|"
    r"nemotron|dbrx|inflection(?=[- ]?\d)|jamba|reka (?:core|flash|edge)|apple intelligence|doubao|hunyuan|"
    r"通义千问|文心一言|チャットgpt|チャットジーピーティー|クロード|ジェミニ|"
    r"(?:تشات|شات) ?(?:جي ?بي ?تي|gpt)|كلود|(?:جيميناي|جيميني)|كوبايلوت"
)
# Words and names of people too: they count next to a word such as "assistant" or "trained" alone.
_AMBIGUOUS: Final = r"bard|command|nova|titan|phi|kimi|glm|yi(?:[- ]\d)?|ernie|sonar|pi|falcon|reka"
_VENDORS: Final = (
    r"open ?ai|anthropic|google(?: deepmind| ai| research)?|deepmind|meta(?: platforms)?|facebook|"
    r"mistral ai|x\.?ai|alibaba(?: cloud)?|cohere|amazon(?: web services)?|aws|microsoft|moonshot(?: ai)?|"
    r"zhipu(?: ai)?|z\.ai|01\.ai|zero one ai|baidu|nvidia|databricks|perplexity(?: ai)?|"
    r"inflection(?: ai)?|ai21(?: labs)?|tii|"
    r"technology innovation institute|reka ai|apple|bytedance|tencent|ibm|"
    r"オープンai|グーグル|アンソロピック|マイクロソフト|メタ|"
    r"(?:أوبن|اوبن) ?(?:إيه|ايه|أ|ا)? ?(?:آي|اي|ai)|أنثروبيك|انثروبيك|جوجل|غوغل|قوقل|مايكروسوفت|ميتا"
)
# A name ends where no further letter or digit of its own script follows: Japanese writes on without a space.
END: Final = r"(?![A-Za-z0-9À-ɏ])"
NAME: Final = re.compile(
    rf"(?:(?P<assistant>(?:{_ASSISTANTS}){_VERSION})|(?P<vendor>{_VENDORS})|(?P<ambiguous>(?:{_AMBIGUOUS}){_VERSION})){END}",
    re.IGNORECASE,
)

# Where somebody begins to speak of themselves: with a capital, or after a comma. Each pattern begins with one such
# character, which is rare in prose and which the engine finds as fast as memory can be read: one pattern for all of
# them takes twice as long, one that ignores case ten times.
# "As a result" and "As you see" are frequent: what follows here begins like a name, or like these words.
_LIKE_AI: Final = (
    r"(?= +(?:an? |ein |eine |von )?[*_\"'“]{0,3}(?:[A-Z]|ai\b|large|language|virtual|artificial|assistant|chatbot|"
    r"model|generative|conversational|helpful|open|o\d|großes|grosses|künstliche))"
)
_AFTER_A_COMMA: Final = (
    "(?:ich (?:bin|wurde|hei(?:ß|ss)e)|[mM](?:ein [nN]ame ist|on nom est|i nombre es|e llamo)|je (?:suis|m['’]appelle)|"
    f"j['’]ai été|soy|fui|he sido|als{_LIKE_AI}|como|en tant qu(?:e|['’]))"
)


def _cues(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"{pattern}(?!\w)") for pattern in patterns)


ENGLISH_CUES: Final = _cues(
    "I(?:['’]m|['’]ve been| am| was| have been)",
    f"As{_LIKE_AI}",
    "My name(?: is|['’]s)",
    "You(?: can call me|(?: are|['’]re) (?:talking|speaking|chatting) (?:to|with))",
    f", (?:as{_LIKE_AI}|my name(?: is|['’]s)|you can call me)",
)
# German, French and Spanish. Hardly a text of some length does without an umlaut or an accent, so that these need not
# be searched for in most English ones.
ACCENTED_CUES: Final = _cues(
    "Ich (?:bin|wurde|hei(?:ß|ss)e)",
    f"Als{_LIKE_AI}",
    "M(?:ein Name ist|on nom est|i nombre es|e llamo)",
    "J(?:e suis|e m['’]appelle|['’]ai été)",
    "Soy",
    "Fui",
    "He sido",
    "Como",
    "En tant qu(?:e|['’])",
    f", {_AFTER_A_COMMA}",
)
LONGEST_WITHOUT_ACCENT: Final = 500
AS: Final = re.compile(r"(?:, )?(?:as|als|como|en tant qu(?:e|['’])|بصفتي|باعتباري|كوني)\Z", re.IGNORECASE)
# The same in scripts that know no capitals.
OTHER_CUES: Final = (
    re.compile(r"(?:私|わたし|わたくし|僕|ぼく)(?:の名前)?(?:は|、)"),
    re.compile(r"(?:أنا|اسمي|إسمي|تم تطويري|تم تدريبي|تم إنشائي|طورتني|دربتني|بصفتي|باعتباري|كوني)(?!\w)"),
)
GAP: Final = re.compile(r"[\s*_\"'“”’«»„`()\[\]:,\-–—،、「」『』・]*+")
_JAPANESE_AI: Final = (
    "大規模言語モデル|言語モデル|人工知能|チャットボット|アシスタント|モデル|開発した|開発された|訓練した|訓練された|"
    "トレーニングした|トレーニングされた|作成した|作成された|作られた|学習した|学習させた|提供する"
)
_JAPANESE_FILLERS: Final = (
    "によって|により|という|と呼ばれる|による|社|製|が|の|は|名前|対話型|会話型|大規模な|生成"
)
WORD: Final = re.compile(
    rf"(?P<japanese_ai>{_JAPANESE_AI})|(?P<japanese>{_JAPANESE_FILLERS})|[A-Za-zÀ-ɏ]++|[\u0621-\u0652]++"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first words of those names, as WORD reads them: what begins otherwise need not be compared with all of them.
NAME_STARTS: Final = _words(
    "chat chatgpt openai gpt o anthropic claude google gemini gemma palm lamda meta llama mistral mixtral ministral "
    "codestral le grok deep deepseek qwen tongyi command amazon microsoft github bing copilot phi kimi glm chatglm "
    "minimax ernie nemotron dbrx inflection jamba reka apple doubao hunyuan bard nova titan yi sonar pi falcon open "
    "deepmind facebook x xai alibaba cohere aws moonshot zhipu z zero baidu nvidia databricks perplexity ai tii "
    "technology bytedance tencent ibm"
)
AI_WORDS: Final = _words(
    # nouns
    "ai assistant model chatbot bot llm ki sprachmodell assistent assistentin modell ia modèle assistante robot "
    "modelo asistente نموذج نموذجا نموذجاً مساعد مساعدا مساعداً روبوت "
    # what was done to it
    "trained made created developed built designed programmed powered entwickelt entwickeltes entwickelter "
    "trainiert trainiertes trainierter erstellt erstelltes geschaffen erschaffen programmiert créé créée développé "
    "développée conçu conçue entraîné entraînée formé formée programmé creado creada desarrollado desarrollada "
    "entrenado entrenada diseñado diseñada programado تطوير تطويره تطويري تدريبه تدريبي إنشاؤه إنشائي طورته طورتني "
    "دربته دربتني صممته أنشأته صنعته مطور مدرب تدريب"
)
FILLERS: Final = _words(
    "a an the just actually simply only called named known as large language artificial intelligence virtual helpful "
    "conversational friendly multimodal generative advanced open source by from of based on your personal digital "
    "version s m re is name which who that was been interactive reasoning "
    "ein eine einer eines der die das dem ein künstliche künstlichen intelligenz großes grosses großen virtueller "
    "virtuelle digitaler digitale von vom namens genannt wurde nur hier basierend auf dein ihr hilfreicher "
    "un une le la les l grand de du d des langage langue intelligence artificielle virtuel conversationnel par "
    "nommé nommée appelé appelée basé basée sur simple que qu tant en "
    "una el lenguaje gran grande inteligencia artificial virtual conversacional por del llamado llamada basado basada "
    "sólo solo fue ha sido "
    "لغوي لغويا لغوياً لغة لغوية كبير كبيرا كبيراً ضخم ذكاء الذكاء اصطناعي الاصطناعي افتراضي محادثة دردشة تم من قبل "
    "شركة بواسطة يسمى يدعى اسمه اسمي واسمي أنا على أساس في مبني هو هي"
)
# What hosts call models in tests and in production, and every second text says.
ORDINARY_NAMES: Final = _words(
    "model assistant baseline base candidate control treatment variant version option answer response default small "
    "medium large mini test prod production staging main first second third left right chat fast slow plus auto best "
    "cheap smart basic standard premium experimental internal custom primary secondary"
)
ARTICLES: Final = _words("a an the ein eine einen der die das un une le la una el")
# A vendor is named as the maker after one of these; "I'm an AI, Google it" names none.
BEFORE_VENDOR: Final = (
    ARTICLES
    | _words("by from of von vom par de d du por del من قبل شركة بواسطة لشركة")
    | _words("طورته طورتني دربته دربتني صممته أنشأته صنعته")
)
# Follows in the sentence where "as an AI model by …" is about the speaker.
FIRST_PERSON: Final = re.compile(
    r"\b(?:I|my|me|ich|mir|mein|meine|je|j['’]|mon|mes|ne|puedo|tengo|soy|estoy|debo|mi|mis|yo|no|لا|أستطيع|يمكنني|لدي)\b"
)
# A capitalised word right behind a bare first name: a surname, so that this is somebody else.
SURNAME: Final = re.compile(r" (?P<word>[A-ZÀ-Þ][a-zß-ÿ'’-]{1,20})")
# Japanese: "with ChatGPT", "using ChatGPT".
NOT_ONESELF: Final = re.compile(r"[」』\"'”*]?(?:を|で(?!す|あ|ご|、))")
