"""Says what the name of a field promises: the names that interfaces of Chinese sites use; values it never sees."""

import re
from typing import Literal

Role = Literal["title", "url", "date", "summary", "body"]

_FOLD = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")
_STRONG, _FAIR, _WEAK, _NO = 6.0, 3.0, 1.0, -6.0

# Seen in JCMS, jpaas, TRS, gkmlpt, Epoint, NFCMS and ordinary home-made interfaces; pinyin heads where they use them
# (bt 标题, fbsj 发布时间, zy 摘要, nr 内容). Folded: lower case, letters and digits only.
_NAMES: dict[Role, tuple[tuple[float, str], ...]] = {
    "title": (
        (_STRONG, "title doctitle infotitle newstitle articletitle bt biaoti 标题 maintitle"),
        (_STRONG - 0.5, "showtitle realtitle fulltitle titlenotag headline subject wzbt zwbt"),
        (_FAIR, "name topic caption mc xmmc projectname noticetitle noticename 名称 contenttitle"),
        (_WEAK, "customtitle shorttitle listtitle titletext"),
        (_NO, "author source origin ly laiyuan lanmu channel channelname column columnname colname category type"),
        (_NO, "categoryname typename dept deptname org orgname publisher unit unitname editor site sitename area"),
        (_NO, "areaname user username creator keyword keywords tag tags subtitle ftitle zz zuozhe classify status"),
        (_NO, "state identifier docsourcename filename address region xiaquname wh filenum documentnumber 来源 作者"),
    ),
    "url": (
        (_STRONG, "url link href docpuburl linkurl infourl visiturl detailurl articleurl puburl htmlurl pageurl"),
        (_STRONG, "weburl pcurl newsurl fullurl contenturl viewurl detaillink permalink docurl urlpath 链接"),
        (_FAIR, "posturl sourceurl jumpurl outurl redirecturl externalurl path customid shareurl"),
        (_WEAK, "wapurl mobileurl murl h5url appurl"),
        (_NO, "img image imageurl imgurl pic picurl picture thumb thumbnail cover coverurl icon logo photo avatar"),
        (_NO, "file fileurl attachment attachurl video videourl channelurl columnurl siteurl categoryurl"),
    ),
    "date": (
        (_STRONG, "displaypublishtime publishtime publishdate publishedtime publishedat publishedon datepublished"),
        (_STRONG, "pubdate pubtime publicdate releasedate releasetime docreltime docpubtime docpubdate fbsj fbrq"),
        (_STRONG, "fabushijian infodate webdate showdate issuetime issuedate articledate newsdate 发布时间 发布日期"),
        (_STRONG - 0.5, "firstpublishtime visiblepublishtime publishtimestr publishedtimestr publish"),
        (4.0, "date time datetime rq sj riqi shijian day docdate 日期 时间"),
        (2.0, "createtime createdate createdat created crtime addtime adddate inputtime savedate writetime cjsj lrsj"),
        (2.0, "inserttime entrytime datecreated startdate"),
        (-1.0, "updatetime updatedate updatedat updated modifytime modifydate modifiedat modified lastmodified gxsj"),
        (-1.0, "lastupdate edittime datemodified operatetime opertime"),
        (_NO, "endtime enddate expiretime expiredate expires deadline jzsj closetime invaliddate overdue id infoid"),
        (_NO, "docid hits clicks size sort order orderno phone tel birthday"),
    ),
    "summary": (
        (_STRONG, "summary abstract description zy zhaiyao digest intro introduction brief desc docabstract memo"),
        (_STRONG, "abstracts jianjie excerpt lead subtitle remark contentabstract 摘要 简介"),
        (_NO, "keyword keywords tags address author source publisher identifier path id"),
    ),
    "body": (
        (_STRONG, "content body nr neirong doccontent htmlcontent infocontent articlecontent contenthtml contenttext"),
        (_STRONG, "dochtmlcon zw zhengwen fulltext maintext bodyhtml 内容 正文"),
        (_FAIR, "html text detail txt contents detailcontent"),
        (_NO, "title summary abstract description keywords"),
    ),
}
_EXACT = {role: {name: weight for weight, line in lines for name in line.split()} for role, lines in _NAMES.items()}
_CONTAINS: dict[Role, tuple[tuple[re.Pattern[str], float], ...]] = {
    "title": ((re.compile(r"title|biaoti"), 2.0), (re.compile(r"content|summary|abstract|desc|body"), -3.0)),
    "url": (
        (re.compile(r"img|image|pic|thumb|icon|logo|cover|photo|video|file|attach|avatar|channel|column"), _NO),
        (re.compile(r"url|link|href"), 2.0),
    ),
    "date": (
        (re.compile(r"expire|deadline|invalid|endtime|enddate|stop|close"), _NO),
        (re.compile(r"pub|release|issue|fabu"), 5.0),
        (re.compile(r"creat|insert|input|add"), 2.0),
        (re.compile(r"updat|modif|edit"), -1.0),
        (re.compile(r"date|time"), 3.0),
    ),
    "summary": ((re.compile(r"title|name|url|keyword|author|source|tag|dept|org"), _NO),),
    "body": ((re.compile(r"title|url|name"), _NO), (re.compile(r"content"), 2.0)),
}


def words(line: str) -> tuple[str, ...]:
    """The names that stand in a line."""
    return tuple(line.split())


def folded(name: str) -> str:
    """A name without case, underscores and the like: `display_publish_time` and `displayPublishTime` are one."""
    return _FOLD.sub("", name.lower())


def name_bonus(name: str, role: Role) -> float:
    """How much a field's name speaks for a role (up to 6) or against it (down to -6); 0 when it says nothing."""
    plain = folded(name)
    if (exact := _EXACT[role].get(plain)) is not None:
        return exact
    return next((bonus for pattern, bonus in _CONTAINS[role] if pattern.search(plain)), 0.0)
