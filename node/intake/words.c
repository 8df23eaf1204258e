/*
 * The tables of lexicon.h: what people write above their columns and into their cells.
 */
#include "intake/lexicon.h"

const struct lexicon_entry lexicon_headers[] = {
    {"name",
     "title|name|book title|title of book|book name|item|item name|resource|resource title|titles|"
     "main title|title proper|course title|workshop|label|"
     "título|título del libro|nombre|obra|recurso|nombre del recurso|"
     "titre|titre du livre|nom|intitulé|ressource|ouvrage|"
     "العنوان|عنوان|عنوان الكتاب|اسم الكتاب|الكتاب|الاسم|اسم|اسم المادة|"
     "शीर्षक|पुस्तक|पुस्तक का नाम|किताब का नाम|नाम|पुस्तक का शीर्षक|"
     "jina|jina la kitabu|kichwa|kichwa cha kitabu|kitabu|jina la rasilimali|anwani ya kitabu|"
     "书名|題名|题名|标题|標題|名称|名稱|书籍名称|正题名|資源名稱|资源名称|書名|"
     "título do livro|nome|recurso|titel|buchtitel|bezeichnung|titolo|название|заглавие|"
     "dc.title|dcterms.title|judul|tytuł|tên sách|başlık|kitap adı|عنوان کتاب"},
    {"alternateName",
     "other title|alternative title|alternate title|subtitle|uniform title|original title|"
     "translated title|variant title|alternate name|alternative name|also known as|english title|"
     "otro título|título alternativo|subtítulo|título original|"
     "autre titre|titre alternatif|sous-titre|titre original|عنوان آخر|عنوان بديل|العنوان الفرعي|"
     "अन्य शीर्षक|वैकल्पिक शीर्षक|उपशीर्षक|jina lingine|kichwa kingine|kichwa kidogo|"
     "其他题名|副书名|副题名|副标题|原书名|并列题名|outro título|weiterer titel|untertitel|"
     "originaltitel|dcterms.alternative"},
    {"creator",
     "author|authors|author(s)|author name|writer|written by|creator|creators|by|main author|"
     "personal author|composer|artist|maker|instructor|"
     "autor|autora|autores|autor/a|autor(es)|escritor|creador|"
     "auteur|auteurs|auteur(s)|auteure|écrivain|créateur|"
     "المؤلف|مؤلف|المؤلفون|اسم المؤلف|الكاتب|تأليف|المؤلفين|"
     "लेखक|लेखिका|लेखक का नाम|रचनाकार|लेखक/लेखिका|"
     "mwandishi|waandishi|mtunzi|watunzi|"
     "作者|著者|责任者|責任者|主要责任者|编著者|作者姓名|"
     "criador|verfasser|verfasserin|urheber|autoren|autore|автор|dc.creator|pengarang|penulis|"
     "yazar|tác giả|نویسنده|مصنف"},
    {"contributor",
     "illustrator|illustrators|illustrated by|translator|translators|translated by|editor|editors|"
     "edited by|contributor|contributors|other authors|co-author|coauthor|narrator|photographer|"
     "ilustrador|ilustradora|ilustración|traductor|traductora|traducción|editor literario|"
     "colaborador|coautor|ilustradores|traductores|"
     "illustrateur|illustratrice|traducteur|traductrice|éditeur "
     "scientifique|contributeur|co-auteur|"
     "الرسام|رسام|رسوم|المترجم|مترجم|ترجمة|المحرر|المساهم|المساهمون|"
     "चित्रकार|चित्रांकन|अनुवादक|अनुवाद|संपादक|सहयोगी|योगदानकर्ता|"
     "mchoraji|wachoraji|mfasiri|mtafsiri|wafasiri|mhariri|mchangiaji|"
     "插图|插画|绘者|译者|譯者|编者|主编|其他责任者|贡献者|"
     "tradutor|tradutora|colaborador|illustratorin|übersetzer|übersetzerin|herausgeber|"
     "herausgeberin|mitwirkende|beitragende|dc.contributor"},
    {"description", "description|summary|abstract|synopsis|contents|details|blurb|annotation|"
                    "descripción|resumen|sinopsis|contenido|"
                    "description|résumé|sommaire|contenu|"
                    "الوصف|وصف|الملخص|ملخص|نبذة|"
                    "विवरण|सारांश|वर्णन|"
                    "maelezo|muhtasari|"
                    "描述|摘要|简介|内容简介|內容簡介|说明|"
                    "descrição|resumo|sinopse|beschreibung|zusammenfassung|inhalt|dc.description|"
                    "dcterms.abstract|описание"},
    {"about",
     "about|subject|subjects|subject(s)|topic|topics|theme|themes|subject headings|subject "
     "area|genre|"
     "genres|discipline|"
     "materia|materias|tema|temas|asignatura|género|"
     "sujet|sujets|matière|matières|thème|thèmes|discipline|"
     "الموضوع|موضوع|المواضيع|الموضوعات|المادة|رؤوس الموضوعات|التصنيف الموضوعي|"
     "विषय|विषय क्षेत्र|"
     "somo|masomo|mada|"
     "主题|主題|学科|主题词|题材|科目|"
     "assunto|assuntos|disciplina|thema|themen|schlagwort|schlagwörter|fach|dc.subject|предмет|"
     "тема"},
    {"keywords",
     "keyword|keywords|key words|tags|tag|bookshelves|bookshelf|collection|collections|"
     "palabras clave|palabra clave|etiquetas|colección|mots-clés|mots clés|étiquettes|collection|"
     "كلمات مفتاحية|الكلمات المفتاحية|الكلمات الدالة|وسوم|कुंजी शब्द|मुख्य शब्द|टैग|संग्रह|"
     "maneno muhimu|maneno ya msingi|关键词|關鍵詞|标签|丛书|palavras-chave|etiquetas|stichwörter|"
     "stichwort|ключевые слова"},
    {"inLanguage",
     "language|languages|lang|language code|language of text|"
     "idioma|idiomas|lengua|lenguas|langue|langues|"
     "اللغة|لغة|لغة الكتاب|भाषा|lugha|语言|語言|语种|文种|"
     "língua|línguas|sprache|sprachen|lingua|язык|bahasa|dil|dc.language|in language|زبان"},
    {"publisher",
     "publisher|publishers|published by|publishing house|press|imprint|"
     "editorial|editor comercial|casa editorial|éditeur|editeur|maison d'édition|"
     "الناشر|ناشر|دار النشر|प्रकाशक|प्रकाशन|mchapishaji|wachapishaji|"
     "出版社|出版者|出版商|editora|verlag|herausgebender verlag|издательство|penerbit|yayınevi|"
     "dc.publisher"},
    {"datePublished",
     "year|date|issued|date published|publication date|publication year|year of publication|"
     "published|pub year|pub. year|pub date|date of publication|copyright year|copyright date|"
     "año|fecha|año de publicación|fecha de publicación|fecha de edición|año de edición|"
     "année|année de publication|date de publication|date de parution|année d'édition|parution|"
     "السنة|سنة|سنة النشر|تاريخ النشر|التاريخ|वर्ष|प्रकाशन वर्ष|प्रकाशन तिथि|तिथि|साल|"
     "mwaka|mwaka wa uchapishaji|mwaka wa kuchapishwa|tarehe|tarehe ya kuchapishwa|"
     "出版年|年份|出版日期|出版时间|出版年份|日期|年|"
     "ano|data|ano de publicação|data de publicação|jahr|datum|erscheinungsjahr|"
     "erscheinungsdatum|veröffentlicht|dc.date|dcterms.issued|год|tahun|yıl"},
    {"isbn", "isbn|isbn13|isbn-13|isbn10|isbn-10|isbn number|isbn no|isbn no.|isbns|isbn/issn|"
             "número de isbn|numéro isbn|ردمك|الترقيم الدولي|رقم الإيداع الدولي|"
             "आईएसबीएन|国际标准书号|標準書號|书号|isbn号|isbn-nummer"},
    {"url",
     "url|link|web|website|web address|web page|webpage|online|access url|uri|href|"
     "enlace|página web|sitio web|lien|site web|adresse web|الرابط|رابط|الموقع|رابط الكتاب|"
     "लिंक|वेबसाइट|कड़ी|kiungo|tovuti|链接|鏈接|网址|網址|ligação|página|webseite|internetadresse|"
     "ссылка"},
    {"image",
     "image|cover|cover image|cover url|picture|thumbnail|photo|portada|imagen|couverture|image|"
     "صورة|الغلاف|चित्र|आवरण|picha|jalada|封面|图片|capa|imagem|bild|titelbild"},
    {"license",
     "licence|license|licencia|rights|usage rights|copyright|terms of use|derechos|"
     "derechos de autor|licence d'utilisation|droits|الترخيص|رخصة|الرخصة|الحقوق|लाइसेंस|अधिकार|"
     "leseni|haki|haki miliki|许可|许可证|授权|版权|licença|direitos|lizenz|rechte|dc.rights|"
     "dcterms.license|лицензия"},
    {"conditionsOfAccess",
     "access|availability|conditions of access|access conditions|circulation|borrowing|lending|"
     "loan status|acceso|disponibilidad|condiciones de acceso|préstamo|accès|disponibilité|"
     "conditions d'accès|prêt|الإتاحة|إتاحة|شروط الإتاحة|الإعارة|पहुँच|उपलब्धता|upatikanaji|ufikiaji|"
     "获取方式|访问条件|借阅方式|流通方式|acesso|disponibilidade|empréstimo|zugang|verfügbarkeit|"
     "ausleihe"},
    {"copies",
     "copies|no. of copies|number of copies|copy count|quantity|qty|count|stock|no of copies|"
     "ejemplares|número de ejemplares|cantidad|copias|exemplaires|nombre d'exemplaires|quantité|"
     "النسخ|عدد النسخ|العدد|الكمية|प्रतियाँ|प्रतियां|प्रतियों की संख्या|संख्या|nakala|idadi ya nakala|"
     "idadi|册数|复本数|复本|数量|数量(册)|exemplares|quantidade|exemplare|anzahl|"
     "anzahl exemplare|количество"},
    {"capacity",
     "capacity|seats|places|max participants|capacidad|plazas|capacité|places disponibles|السعة|"
     "عدد المقاعد|क्षमता|uwezo|idadi ya "
     "washiriki|容量|人数|座位数|capacidade|lugares|kapazität|plätze"},
    {"callNumber",
     "call number|call no|call no.|callnumber|shelf|shelf mark|shelfmark|shelf number|shelf no|"
     "shelf location|class number|class no|classification|dewey|ddc|dewey number|accession shelf|"
     "rack|almirah|signatura|signatura topográfica|estante|estantería|cote|rayon|étagère|"
     "رقم التصنيف|رقم الطلب|رف|الرف|رقم الرف|शेल्फ|शेल्फ संख्या|क्रमांक संख्या|आलमारी|अलमारी|"
     "rafu|namba ya rafu|索书号|索書號|架位|书架|排架号|分类号|cota|prateleira|signatur|regal|"
     "standort im regal|шифр"},
    {"place", "place|location|venue|where|site|town|city|district|lugar|ubicación|ciudad|lieu|"
              "emplacement|ville|المكان|مكان|الموقع الجغرافي|المدينة|स्थान|जगह|शहर|mahali|eneo|mji|"
              "地点|地點|位置|场地|local|localização|cidade|ort|standort|stadt|место"},
    {"educationalLevel",
     "class|grade|level|grade level|educational level|education level|reading level|standard|std|"
     "form|year group|age|age group|ages|clase|grado|nivel|nivel educativo|curso|edad|edades|"
     "classe|niveau|niveau scolaire|âge|tranche d'âge|الصف|صف|المستوى|المرحلة|المستوى التعليمي|"
     "العمر|الفئة العمرية|कक्षा|स्तर|श्रेणी|आयु वर्ग|darasa|ngazi|kiwango|umri|年级|年級|级别|适用年级|"
     "程度|年龄|classe escolar|nível|ano escolar|idade|klasse|klassenstufe|stufe|bildungsstufe|"
     "niveau|alter|класс"},
    {"learningResourceType",
     "learning resource type|resource type|material type|type of material|tipo de recurso|"
     "tipo de material|type de ressource|type de document|نوع المورد|نوع المادة|संसाधन का प्रकार|"
     "सामग्री का प्रकार|aina ya rasilimali|资源类型|资料类型|tipo de recurso|materialart|"
     "art der ressource"},
    {"audience",
     "audience|intended audience|for whom|target group|target audience|users|público|destinatarios|"
     "dirigido a|public|public cible|الجمهور|الفئة المستهدفة|श्रोता|किसके लिए|पाठक वर्ग|"
     "hadhira|walengwa|读者对象|读者|对象|público-alvo|zielgruppe|аудитория"},
    {"type",
     "type|format|item type|media type|medium type|document type|kind of item|tipo|formato|"
     "tipo de documento|type|format|type de média|النوع|نوع|الشكل|نوع الوثيقة|प्रकार|प्रारूप|aina|"
     "muundo|类型|類型|载体类型|文献类型|格式|typ|medientyp|medienart|dc.type|тип"},
    {"category", "category|categoría|catégorie|الفئة|فئة|श्रेणी "
                 "विभाग|वर्ग|kategoria|kundi|类别|類別|分类|categoria|"
                 "kategorie|категория"},
    {"kind",
     "kind|offer or need|need or offer|offered or needed|necesidad u oferta|clase de registro|"
     "besoin ou offre|offre ou besoin|عرض أو طلب|نوع السجل|आवश्यकता या प्रस्ताव|hitaji au toleo|"
     "mahitaji|供需|需求或提供|oferta ou necessidade|angebot oder bedarf"},
    {"validFrom",
     "valid from|available from|from|start|start date|starts|begins|desde|válido desde|"
     "disponible desde|fecha de inicio|inicio|à partir de|valable dès|date de début|début|"
     "من تاريخ|متاح من|تاريخ البداية|कब से|आरंभ तिथि|प्रारंभ|kuanzia|tarehe ya "
     "kuanza|开始日期|起始日期|"
     "生效日期|válido de|data de início|início|gültig ab|ab|beginn|startdatum"},
    {"validUntil",
     "valid until|available until|until|to|end|end date|ends|expires|expiry|deadline|hasta|"
     "válido hasta|disponible hasta|fecha de fin|fin|jusqu'au|jusqu'à|valable jusqu'au|"
     "date de fin|حتى تاريخ|متاح حتى|تاريخ النهاية|कब तक|अंतिम तिथि|समाप्ति तिथि|hadi|"
     "tarehe ya mwisho|mwisho|结束日期|截止日期|有效期至|válido até|data de fim|fim|gültig bis|bis|"
     "ende|enddatum"},
    {"timeRequired",
     "duration|time required|running time|length|duración|durée|المدة|अवधि|muda|时长|时间|duração|"
     "dauer"},
    {"identifier",
     "identifier|doi|issn|other identifier|identifiers|handle|ark|lccn|oclc|dc.identifier"},
    {"isPartOf", "part of|is part of|series url"},
    {"isBasedOn", "based on|is based on|source url|adapted from"},
    {"id",
     "id|record id|item id|record number|record no|acc no|acc. no.|accession no|"
     "accession number|accession|acc number|no|no.|nr|nr.|number|s no|s. no.|sl no|sr no|"
     "serial no|serial number|barcode|bar code|item number|item no|inventory number|text#|code|key|"
     "identificador|número|núm|nº|n°|registro|número de registro|código|código de barras|"
     "identifiant|numéro|numéro d'inventaire|code-barres|cote d'inventaire|"
     "الرقم|رقم|الرقم التسلسلي|المعرف|رقم التسجيل|الباركود|"
     "क्रमांक|क्रम संख्या|क्र सं|क्र.|परिग्रहण संख्या|पंजीकरण संख्या|आईडी|"
     "namba|nambari|kitambulisho|namba ya usajili|nambari ya usajili|"
     "编号|編號|序号|登录号|登記號|条码|条形码|识别码|财产号|"
     "número de registo|nummer|inventarnummer|zugangsnummer|strichcode|lfd. nr.|номер|001"},
    {"ignore",
     "pages|no. of pages|number of pages|páginas|pages|nombre de pages|الصفحات|عدد الصفحات|पृष्ठ|"
     "पृष्ठ संख्या|kurasa|idadi ya kurasa|页数|頁數|seiten|seitenzahl|price|cost|precio|prix|السعر|मूल्य|"
     "bei|价格|定价|preço|preis"},
    {NULL, NULL},
};

const struct lexicon_entry lexicon_access[] = {
    {"open",
     "open|open access|free|free online|public|online|download|abierto|libre|gratis|"
     "acceso abierto|acceso libre|ouvert|accès libre|libre accès|gratuit|en ligne|مفتوح|متاح|مجاني|"
     "حر|खुला|मुक्त|निःशुल्क|मुफ़्त|wazi|huru|bure|开放|免费|公开|公开获取|開放|aberto|gratuito|"
     "acesso aberto|offen|frei|kostenlos|frei zugänglich"},
    {"ask",
     "ask|on request|by request|by arrangement|request|restricted|permission|contact us|"
     "a petición|bajo petición|consultar|solicitar|restringido|sur demande|demander|restreint|"
     "عند الطلب|بالطلب|بإذن|مقيد|अनुरोध पर|माँगने पर|पूछें|अनुमति से|kwa ombi|omba|uliza|kwa idhini|"
     "申请|需申请|需咨询|预约|sob pedido|a pedido|sob consulta|auf anfrage|anfragen|nach "
     "absprache"},
    {"loan",
     "loan|lend|lending|for loan|borrow|can be borrowed|circulating|lendable|préstamo|"
     "en préstamo|prestable|prêt|empruntable|en prêt|إعارة|للإعارة|قابل للإعارة|استعارة|उधार|"
     "उधार के लिए|निर्गम|azima|kuazima|kukopesha|mkopo|外借|可借|借阅|可外借|empréstimo|emprestável|"
     "ausleihe|ausleihbar|leihen|verleih"},
    {"onsite",
     "onsite|en sala|consulta en sala|on site|on-site|in library use only|library use "
     "only|reference|reference only|"
     "reading room|in house use|not for loan|in situ|consulta en sala|solo en sala|sala|"
     "no se presta|referencia|sur place|consultation sur place|exclu du prêt|في الموقع|"
     "اطلاع داخلي|للاطلاع داخل المكتبة|مرجع|केवल पुस्तकालय में|संदर्भ|यहीं पर|"
     "hapahapa|papo hapo|maktabani tu|rejea|馆内阅览|仅限馆内|参考|阅览|no local|consulta local|"
     "somente consulta|vor ort|präsenz|präsenzbestand|nicht ausleihbar"},
    {NULL, NULL},
};

const struct lexicon_entry lexicon_kinds[] = {
    {"need",
     "need|needs|needed|wanted|request|looking for|necesidad|necesita|se busca|se necesita|besoin|"
     "recherche|recherché|احتياج|حاجة|مطلوب|نحتاج|आवश्यकता|ज़रूरत|चाहिए|hitaji|mahitaji|"
     "inahitajika|需求|需要|求购|necessidade|precisa-se|bedarf|gesucht|suche"},
    {"resource",
     "resource|offer|offered|available|have|recurso|oferta|se ofrece|ressource|offre|proposé|"
     "مورد|عرض|متوفر|متاح|संसाधन|प्रस्ताव|उपलब्ध|rasilimali|toleo|inapatikana|资源|提供|供给|"
     "angebot|vorhanden"},
    {NULL, NULL},
};

const struct lexicon_entry lexicon_categories[] = {
    {"material",
     "material|materials|book|books|media|learning material|materiales|libro|libros|matériel "
     "pédagogique|document|documents|livre|livres|مواد|مادة|كتاب|كتب|सामग्री|पुस्तक|पुस्तकें|"
     "nyenzo|vifaa vya kusoma|kitabu|vitabu|资料|材料|图书|书籍|materiais|livro|livros|materialien|"
     "buch|bücher|medien"},
    {"equipment",
     "equipment|device|devices|tool|tools|kit|kits|equipo|equipos|equipamiento|herramienta|"
     "équipement|matériel|appareil|outil|outils|معدات|جهاز|أجهزة|أدوات|उपकरण|औज़ार|यंत्र|vifaa|kifaa|"
     "zana|设备|器材|工具|equipamento|equipamentos|ferramenta|gerät|geräte|ausrüstung|ausstattung"},
    {"room",
     "room|rooms|space|venue|hall|lab|laboratory|classroom|sala|aula|espacio|salón|laboratorio|"
     "salle|salles|espace|local|قاعة|غرفة|مساحة|مختبر|कक्ष|कमरा|हॉल|प्रयोगशाला|chumba|ukumbi|maabara|"
     "房间|教室|场地|空间|实验室|espaço|raum|räume|saal"},
    {"expertise",
     "expertise|asesoramiento|asesoria|conseil|expert|experts|knowledge|speaker|pericia|experto|"
     "experta|expertos|conocimiento|"
     "compétence|expert(e)|savoir-faire|خبرة|خبير|خبراء|विशेषज्ञता|विशेषज्ञ|utaalamu|mtaalamu|"
     "专长|专家|专业知识|perícia|especialista|fachwissen|experte|expertin|expertise"},
    {"workshop",
     "workshop|workshops|course|courses|training|class|event|taller|talleres|curso|cursos|"
     "formación|"
     "atelier|ateliers|stage de formation|formation|cours|ورشة|ورشة عمل|دورة|دورات|تدريب|कार्यशाला|"
     "पाठ्यक्रम|प्रशिक्षण|warsha|kozi|mafunzo|工作坊|研讨会|课程|培训|oficina|oficinas|formação|"
     "kurs|kurse|schulung|werkstatt"},
    {"mentorship",
     "mentorship|mentor|mentoring|mentors|coaching|mentoría|mentor/a|tutoría personal|mentorat|"
     "إرشاد|مرشد|توجيه|मार्गदर्शन|मेंटर|परामर्श|ushauri|mshauri|导师|指导|辅导员|mentoria|mentoring|"
     "mentorenschaft"},
    {"internship",
     "internship|internships|placement|work "
     "placement|apprenticeship|traineeship|pasantía|prácticas|"
     "stage|stages|apprentissage|تدريب عملي|تدريب ميداني|इंटर्नशिप|प्रशिक्षुता|mafunzo kazini|"
     "mafunzo kwa vitendo|实习|实习岗位|estágio|estágios|praktikum|praktika"},
    {"tutoring",
     "tutoring|tutor|tuition|homework help|private lessons|tutoría|clases particulares|refuerzo|"
     "tutorat|soutien scolaire|دروس خصوصية|دروس تقوية|मदद से पढ़ाई|ट्यूशन|masomo ya ziada|ufundishaji|"
     "家教|辅导|课外辅导|tutoria|explicações|nachhilfe"},
    {"service",
     "service|services|servicio|servicios|service|خدمة|خدمات|सेवा|सेवाएँ|huduma|服务|服務|serviço|"
     "serviços|dienst|dienstleistung|dienste"},
    {NULL, NULL},
};

const struct lexicon_entry lexicon_types[] = {
    {"Book",
     "book|books|ebook|e-book|textbook|novel|picture book|story book|libro|libro de texto|livre|"
     "manuel|roman|كتاب|كتاب مدرسي|पुस्तक|किताब|पाठ्यपुस्तक|kitabu|kitabu cha kiada|图书|书|书籍|教材|"
     "教科书|livro|buch|lehrbuch|книга|monograph"},
    {"TextDigitalDocument", "text|document|pdf|worksheet|handout|article text|texto|texte|نص|पाठ|"
                            "matini|文本|文档|textdokument"},
    {"Article", "article|artículo|مقال|लेख|makala|文章|artigo|artikel|aufsatz"},
    {"Periodical", "periodical|journal|magazine|newspaper|serial|revista|periódico|diario|revue|"
                   "périodique|مجلة|دورية|صحيفة|पत्रिका|समाचार पत्र|jarida|gazeti|期刊|杂志|报纸|"
                   "zeitschrift|zeitung"},
    {"Map", "map|maps|atlas|mapa|carte|خريطة|मानचित्र|नक्शा|ramani|地图|地圖|karte|landkarte"},
    {"AudioObject",
     "sound|audio|recording|sound recording|podcast|cd|sonido|grabación|son|"
     "enregistrement|صوت|تسجيل صوتي|श्रव्य|ध्वनि|sauti|音频|录音|som|gravação|ton|hörbuch"},
    {"Audiobook", "audiobook|audio book|audiolibro|livre audio|كتاب صوتي|有声书|audiolivro"},
    {"MusicRecording", "music|music recording|música|musique|موسيقى|संगीत|muziki|音乐|musik"},
    {"SheetMusic", "sheet music|score|musical score|partitura|partition|نوتة موسيقية|乐谱|noten"},
    {"VideoObject", "video|film|dvd|movie|movingimage|moving image|vídeo|película|vidéo|فيديو|فيلم|"
                    "वीडियो|चलचित्र|filamu|视频|影片|filme"},
    {"ImageObject", "image|stillimage|still image|picture|photo|photograph|poster|imagen|foto|"
                    "photographie|صورة|छवि|चित्र|picha|图片|照片|imagem|bild|plakat"},
    {"SoftwareApplication", "software|app|application|program|programa|logiciel|برنامج|تطبيق|"
                            "सॉफ़्टवेयर|programu|软件|aplicativo|programm"},
    {"Dataset", "dataset|data set|data|datos|jeu de données|بيانات|مجموعة بيانات|डेटासेट|डेटा|"
                "seti ya data|数据集|dados|datensatz"},
    {"Course", "course|online course|mooc|curso|cours|دورة|مقرر|पाठ्यक्रम|kozi|课程|kurs"},
    {"Game", "game|board game|toy|juego|jeu|لعبة|खेल|खिलौना|mchezo|游戏|jogo|spiel"},
    {"Collection", "collection|colección|مجموعة|संग्रह|mkusanyiko|合集|coleção|sammlung"},
    {"PhysicalObject",
     "physicalobject|physical object|object|objeto|objet|قطعة|वस्तु|kitu|实物|objekt"},
    {"Thesis", "thesis|dissertation|tesis|thèse|رسالة جامعية|أطروحة|शोध प्रबंध|tasnifu|论文|学位论文|"
               "tese|dissertação"},
    {NULL, NULL},
};

#define CC "https://creativecommons.org/"
/* Creative Commons licences themselves are read letter by letter (licence.c). */
const struct lexicon_entry lexicon_licences[] = {
    {CC "publicdomain/mark/1.0/",
     "public domain|public domain mark|pdm|dominio público|domaine public|ملك عام|ملكية عامة|"
     "सार्वजनिक डोमेन|सार्वजनिक क्षेत्र|mali ya umma|kikoa cha umma|公有领域|公共领域|domínio público|"
     "gemeinfrei|pd|public domain in the usa"},
    {"https://rightsstatements.org/vocab/InC/1.0/",
     "all rights reserved|copyright|in copyright|copyrighted|©|todos los derechos reservados|"
     "tous droits réservés|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित|haki zote zimehifadhiwa|"
     "版权所有|保留所有权利|todos os direitos reservados|alle rechte vorbehalten"},
    {CC "licenses/by/4.0/", "creative commons attribution|creative commons|atribución|attribution"},
    {CC "licenses/by-sa/4.0/",
     "creative commons attribution sharealike|creative commons attribution share alike|"
     "creative commons share alike"},
    {CC "licenses/by-nc/4.0/",
     "creative commons attribution noncommercial|creative commons attribution non commercial"},
    {CC "licenses/by-nc-sa/4.0/", "creative commons attribution noncommercial sharealike|"
                                  "creative commons attribution non commercial share alike"},
    {CC "licenses/by-nd/4.0/",
     "creative commons attribution noderivatives|creative commons attribution no derivatives"},
    {CC "licenses/by-nc-nd/4.0/", "creative commons attribution noncommercial noderivatives|"
                                  "creative commons attribution non commercial no derivatives"},
    {"https://www.gnu.org/licenses/fdl-1.3.html", "gfdl|gnu free documentation license|gnu fdl"},
    {NULL, NULL},
};
#undef CC

const struct lexicon_entry lexicon_languages[] = {
    {"en", "ingles|anglais"},
    {"fa", "farsi|dari persian|persan"},
    {"zh", "mandarin|mandarin chinese|putonghua|汉语|漢語|普通话|国语|chinois mandarin"},
    {"zh-Hans", "simplified chinese|chinese simplified|简体中文|简体|chino simplificado"},
    {"zh-Hant", "traditional chinese|chinese traditional|繁體中文|繁体中文|繁體|chino tradicional"},
    {"yue", "cantonese|廣東話|粤语"},
    {"es", "castellano|castilian"},
    {"sw", "swahili|kiswahili"},
    {"am", "amarigna|amhara"},
    {"om", "oromo|afaan oromo|afan oromo|oromiffa"},
    {"ti", "tigrigna|tigrinya"},
    {"lg", "luganda"},
    {"rw", "kinyarwanda"},
    {"rn", "kirundi"},
    {"zu", "isizulu"},
    {"xh", "isixhosa"},
    {"ss", "siswati|swati"},
    {"nr", "isindebele"},
    {"tn", "setswana"},
    {"st", "sesotho"},
    {"nso", "sepedi|sesotho sa leboa"},
    {"ts", "xitsonga"},
    {"ve", "tshivenda"},
    {"ny", "chichewa|chinyanja"},
    {"sn", "chishona"},
    {"bem", "chibemba|icibemba"},
    {"ki", "gikuyu|kikuyu"},
    {"luo", "dholuo"},
    {"or", "odia|oriya"},
    {"bn", "bangla"},
    {"pa", "panjabi"},
    {"ps", "pushto"},
    {"ht", "haitian creole|kreyol"},
    {"fil", "tagalog|filipino|pilipino"},
    {"he", "hebrew"},
    {"el", "modern greek|greek"},
    {"nb", "bokmal"},
    {"mul", "multilingual|multiple languages|several languages|plusieurs langues|varios idiomas|"
            "متعدد اللغات|बहुभाषी|lugha nyingi|多语种|mehrsprachig"},
    {"zxx", "no linguistic content|not applicable|sin contenido lingüístico|no language|none"},
    {NULL, NULL},
};
