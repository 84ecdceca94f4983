"""Lists that are not in the page but behind a call that its script makes: JCMS, jpaas, gkmlpt, Epoint, home-made ones."""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.interfaces.calls import find_call, next_call
from crawler.extract.interfaces.expressions import NotReadableError, read_literal, read_value
from crawler.extract.interfaces.literals import Unknown
from monitor.pages import PageRequest

SITE = "https://www.example.gov.cn"
PAGE = f"{SITE}/zsdt/index.html"


def call(script: str, url: str = PAGE, body: str = "<div id='list'></div>") -> PageRequest | None:
    return find_call(f"<!DOCTYPE html><html><head></head><body>{body}<script>{script}</script></body></html>", url)


def found(script: str, url: str = PAGE, body: str = "<div id='list'></div>") -> PageRequest:
    request = call(script, url, body)
    assert request is not None
    return request


def query(request: PageRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def form(request: PageRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body, keep_blank_values=True))


# -- JCMS -------------------------------------------------------------------------------------------------------------

COLUMN = f"{SITE}/col/col33718/index.html"
PARAMETERS = (
    "{col:1, webid:1, path:'/', columnid:33718, sourceContentType:1, unitid:'212860', webname:'示例市人民政府'}"
)


@pytest.mark.parametrize(
    "script",
    [
        f"$('#212860').jpage({{totalRecord:4895, perPage:20, proxyUrl:'/module/web/jpage/dataproxy.jsp', ajaxParam:{PARAMETERS}}});",
        f"var param_212860 = {PARAMETERS}; $('#212860').jpage({{totalRecord:4895, perPage:20, ajaxParam: param_212860}});",
        f"var p={PARAMETERS};\n$(function(){{ $('#x').jpage({{perPage:20, success:function(d){{ if(a){{b()}} }} }}) }})",
    ],
)
def test_jcms(script):
    request = found(script, COLUMN)
    assert request.method == "POST"
    assert request.url == f"{SITE}/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=60&perpage=20"
    assert form(request)["columnid"] == "33718"
    assert form(request)["unitid"] == "212860"
    assert form(request)["webname"] == "示例市人民政府"
    assert ("Referer", COLUMN) in request.headers


def test_jcms_with_a_proxy_of_its_own():
    script = (
        f"$('#a').jpage({{perPage:15, groupSize:1, proxyUrl:'/module/jpage/dataproxy.jsp', ajaxParam:{PARAMETERS}}});"
    )
    assert found(script, COLUMN).url == f"{SITE}/module/jpage/dataproxy.jsp?startrecord=1&endrecord=15&perpage=15"


def test_jcms_parameters_in_an_address():
    body = "<a href='/module/web/jpage/dataproxy.jsp?page=1&amp;webid=1&amp;columnid=87&amp;unitid=259'>下一组</a>"
    assert form(found("", COLUMN, body)) == {"webid": "1", "columnid": "87", "unitid": "259"}


def test_jcms_with_an_empty_column():
    assert call(f"$('#a').jpage({{totalRecord:0, ajaxParam:{PARAMETERS}}});", COLUMN) is None


def test_true_cms_answers_jsonp():
    script = "$('#p').truePage({proxyUrl:'/rgs/messageController/getMessage.do', columnId:'f0ab', perPage:20});"
    request = found(script)
    assert request.url.startswith(
        f"{SITE}/rgs/messageController/getMessage.do?startrecord=1&endrecord=20&perpage=20&columnId=f0ab"
    )
    assert request.headers == (("Referer", PAGE),)


# -- jpaas ------------------------------------------------------------------------------------------------------------


def unit(tag: str, page: str = "c52d", more: str = "") -> str:
    data = f"{{'parseType':'bulidstatic','webId':'8d82','tplSetId':'2097','pageType':'column','tagId':'{tag}','editType':'null','pageId':'{page}'}}"
    address = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    return f'<div id="{tag}"><script parseType="bulidstatic" url="{address}" queryData="{data}" {more}></script></div>'


def test_jpaas():
    request = found("", body=unit("当前栏目_list"))
    assert request.method == "GET"
    assert request.url.startswith(f"{SITE}/api-gateway/jpaas-publish-server/front/page/build/unit?")
    assert query(request) == {
        "parseType": "bulidstatic",
        "webId": "8d82",
        "tplSetId": "2097",
        "pageType": "column",
        "tagId": "当前栏目_list",
        "editType": "null",
        "pageId": "c52d",
    }
    assert request.headers == (("Referer", PAGE),)


def test_of_several_units_the_list():
    body = unit("导航", "a") + unit("当前位置", "b") + unit("信息列表", "c") + unit("底部链接", "d")
    assert query(found("", body=body))["pageId"] == "c"


def test_page_two_of_a_page_that_holds_its_first_records():
    pager = (
        '<div class="page" count="386" rows="15" pageNo="1" unitUrl="/api-gateway/jpaas-publish-server/front/page/build/unit" '
        "queryData=\"{'webId':'3185','pageId':'1229','tagId':'信息列表','tplSetId':'o0Yc'}\"></div>"
    )
    request = next_call(pager, PAGE, 15)
    assert request is not None
    assert json.loads(query(request)["paramJson"]) == {"pageNo": 2, "pageSize": 15}
    assert query(request)["tagId"] == "信息列表"
    assert next_call(pager.replace("386", "15"), PAGE, 15) is None
    assert next_call(pager.replace('pageNo="1"', 'pageNo="3"'), PAGE, 15) is None
    assert next_call("<html><body>no pager</body></html>", PAGE, 15) is None


def test_units_of_another_site_or_without_parameters():
    assert call("", body=unit("列表").replace('url="/', 'url="https://evil.example/')) is None
    assert call("", body="<div queryData=\"{'webId':'1'}\"></div><p queryData='{'></p><p queryData='[1]'></p>") is None


# -- gkmlpt -----------------------------------------------------------------------------------------------------------

SHELL = "<html><body><div id='app'></div><script>window._CONFIG = { APP_URL: '', SID: '758019', TREE: [{}] }</script></body></html>"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("/gkmlpt/index#5", "/gkmlpt/api/all/5"),
        ("/zqhjj/gkmlpt/index#21023", "/zqhjj/gkmlpt/api/all/21023"),
        ("/gkmlpt/mindex/#/3155", "/gkmlpt/api/all/3155"),
        ("/gkmlpt/index", "/gkmlpt/api/all/0"),
        ("/gkmlpt/guide#x", "/gkmlpt/api/all/0"),
    ],
)
def test_gkmlpt(url, api):
    request = find_call(SHELL, SITE + url)
    assert request == PageRequest(
        f"{SITE}{api}?page=1&sid=758019", headers=(("Referer", (SITE + url).partition("#")[0]),)
    )


@pytest.mark.parametrize("url", ["/index.html#5", "/gkmlpt/content/2/post_1.html", "/gkmlpt/api/all/5?page=1&sid=2"])
def test_other_pages_of_gkmlpt_sites(url):
    assert find_call(SHELL, SITE + url) is None


# -- Epoint -----------------------------------------------------------------------------------------------------------

EPOINT = """
var siteInfo = {"projectName": "/EpointWebBuilder_zsj", "siteGuid": "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"};
var pageSize = 14;
function getData(pageIndex) {
    var params = {"siteGuid": siteInfo.siteGuid, "categoryNum": categoryNum, "kw": $("#kw").val(), "startDate": startDate,
        "pageIndex": pageIndex, "pageSize": pageSize};
    $.ajax({
        url: siteInfo.projectName + "/rest/frontAppCustomAction/getPageInfoListNew",
        type: "post", dataType: "json", data: {"params": JSON.stringify(params)},
        success: function (msg) { var list = msg.custom.infodata; $.each(list, function (i, one) { html += '<li>' + one.title + '</li>'; }); }
    });
    $.ajax({url: siteInfo.projectName + "/rest/getOauthInfoAction/getNoUserAccessToken", type: "post"});
}
getData(0);
"""


def test_epoint_form_with_json_inside():
    request = found(EPOINT, f"{SITE}/jyxx/002001/002001001/about.html")
    assert request.url == f"{SITE}/EpointWebBuilder_zsj/rest/frontAppCustomAction/getPageInfoListNew"
    assert request.method == "POST"
    assert json.loads(form(request)["params"]) == {
        "siteGuid": "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a",
        "categoryNum": "002001001",
        "kw": "",
        "startDate": "",
        "pageIndex": 0,
        "pageSize": 14,
    }
    assert dict(request.headers)["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_epoint_full_text_list_counts_records():
    script = """function load(pn){ var rn = 10;
      var query = {token:"", pn: pn * rn, rn: rn, sdt:"", wd:"", cnum:"001", sort:'{"webdate":"0"}',
        condition:[{fieldName:"categorynum", equal:"002001", isLike:true, likeType:2}], time:null};
      $.ajax({type:"POST", url:"/inteligentsearch/rest/esinteligentsearch/getFullTextDataNew",
        contentType:"application/json;charset=utf-8", data: JSON.stringify(query), success:function(d){}}); }"""
    request = found(script)
    body = json.loads(request.body)
    assert (body["pn"], body["rn"]) == (0, 10)
    assert body["condition"] == [{"fieldName": "categorynum", "equal": "002001", "isLike": True, "likeType": 2}]
    assert dict(request.headers)["Content-Type"].startswith("application/json")


def test_epoint_site_guid_in_a_hidden_field():
    script = """$.ajax({url:"/EWB-FRONT/rest/lightfrontaction/getgovinfolist", type:"post", contentType:"application/json",
      data: JSON.stringify({deptcode: "", categorynum: Util.getUrlParams('categorynum'), siteGuid: $('#siteGuid').val(),
      pageIndex: 1, pageSize: 20})})"""
    body = "<input type='hidden' id='siteGuid' value='bc6e816e-4cfa'>"
    request = found(script, f"{SITE}/dynamic/zwgk/govInfoPub.html?categorynum=003006", body)
    assert json.loads(request.body) == {
        "deptcode": "",
        "categorynum": "003006",
        "siteGuid": "bc6e816e-4cfa",
        "pageIndex": 1,
        "pageSize": 20,
    }


# -- home-made calls --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "method", "url", "body"),
    [
        (
            "var channelId='100782'; $.post('/common/search/'+channelId, {page: 1, _isAgg: false, pageSize: 20}, function(d){})",
            "POST", f"{SITE}/common/search/100782", "page=1&_isAgg=false&pageSize=20",
        ),
        (
            "$.get('/api/news/list?channel=5&page=' + page + '&size=' + size, render)",
            "GET", f"{SITE}/api/news/list?channel=5&page=1&size=15", "",
        ),
        (
            "$.getJSON(`/data/article/list?pageNo=${pageNo}&pageSize=10&columnId=7`, function(r){})",
            "GET", f"{SITE}/data/article/list?pageNo=1&pageSize=10&columnId=7", "",
        ),
        (
            ("new Vue({data(){return{pageNum:1,pageSize:10}},methods:{load(){axios.get('/prod-api/portal/news/list',"
            "{params:{pageNum:this.pageNum,pageSize:this.pageSize,columnId:12}}).then(r=>{})}}})"),
            "GET", f"{SITE}/prod-api/portal/news/list?pageNum=1&pageSize=10&columnId=12", "",
        ),
        (
            "axios.post('/portal/article/page', {current: 1, size: 10, channel: {id: 5}})",
            "POST", f"{SITE}/portal/article/page", '{"current":1,"size":10,"channel":{"id":5}}',
        ),
        (
            "fetch('/api/list?page=1').then(r => r.json())",
            "GET", f"{SITE}/api/list?page=1", "",
        ),
        (
            ("fetch('/api/article/query', {method:'POST', headers:{'Content-Type':'application/json'},"
            " body: JSON.stringify({pageNo: 1, limit: 10})})"),
            "POST", f"{SITE}/api/article/query", '{"pageNo":1,"limit":10}',
        ),
        (
            "$.ajax({url: location.protocol + '//' + location.host + '/api/getNewsList', data: 'pageIndex=' + idx + '&type=zs', type: 'POST'})",
            "POST", f"{SITE}/api/getNewsList", "pageIndex=1&type=zs",
        ),
        (
            "$.ajax({url:'https://api.example.gov.cn/open/getNewsList', data:{pageNo:page, pageSize:15, colId:'12'}, dataType:'jsonp'})",
            "GET", "https://api.example.gov.cn/open/getNewsList?pageNo=1&pageSize=15&colId=12", "",
        ),
        (
            "$.post('/search/list', {datas: [{key: 'status', value: 1}], page: 1})",
            "POST", f"{SITE}/search/list", "datas%5B0%5D%5Bkey%5D=status&datas%5B0%5D%5Bvalue%5D=1&page=1",
        ),
    ],
)  # fmt: skip
def test_calls_of_a_page_s_own_script(script, method, url, body):
    request = found(script)
    assert (request.method, request.url, request.body) == (method, url, body)
    assert ("Referer", PAGE) in request.headers


@pytest.mark.parametrize(
    "script",
    [
        "",
        "$.get('/user/info?page=1')",
        "$.post('/visit/count', {page: 1, pageSize: 10})",
        "$.getJSON('/weather/list?page=1&size=1')",
        "$.post('/login', {page: 1, size: 2})",
        "$.get('https://evil.example/api/list?page=1&size=10')",
        "$.get('//evil.example/api/list?page=1&size=10')",
        "$.get('javascript:list?page=1&size=10')",
        "$.get('ftp://www.example.gov.cn/list?page=1')",
        "$.get('/news/' + id + '/list?page=1&size=10')",  # which list it is is not known
        "$.get('/news/list', {channelId: current, page: 1, size: 10})",
        "$.get('/news/detail/' + id)",
        "$.ajax({type: 'DELETE', url: '/api/list?page=1&size=10'})",
        "$.ajax(options)",
        "// $.get('/x')",
        "fetch(url)",
    ],
)
def test_calls_that_are_not_that_of_a_list(script):
    assert call(script) is None


def test_of_several_calls_the_one_with_pages():
    script = """$.get('/api/notice/list', {size: 5}); $.get('/api/hot/list?limit=8');
      $.get('/api/article/list', {pageNum: 1, pageSize: 10}); $.get('/api/links/list')"""
    assert found(script).url == f"{SITE}/api/article/list?pageNum=1&pageSize=10"


def test_a_value_that_the_page_s_address_holds():
    script = "$.get('/news/list', {channelId: getQueryString('channelId'), page: 1, size: 10})"
    assert query(found(script, f"{SITE}/list.html?channelId=77"))["channelId"] == "77"


# -- literals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{a: 1, 'b': \"x\", c: [true, null, -2.5,],}", {"a": 1, "b": "x", "c": [True, None, -2.5]}),
        ("'\\u4e2d\\x41\\n\\''", "中A\n'"),
        ("{/* c */ a: 1, // d\n b: 2}", {"a": 1, "b": 2}),
        ("{'webId':'8d82','tagId':'列表'}", {"webId": "8d82", "tagId": "列表"}),
        ("0x1F", 31),
    ],
)
def test_literals(written, value):
    assert read_literal(written) == value


@pytest.mark.parametrize("written", ["", "{", "{a:1} b", "'x", "function(){}", "a b", "}", "[1,,2"])
def test_what_is_no_literal(written):
    with pytest.raises(NotReadableError):
        read_literal(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'/api/' + id + '.json'", "/api/7.json"),
        ("`/api/${id}/list`", "/api/7/list"),
        ("base + '/x'", "/b/x"),
        ("id || 9", 7),
        ("nothing || 'x'", "x"),
        ("id + 1", 8),
        ("String(id)", 7),
        ("site.guid", "g"),
        ("site['guid']", "g"),
        ("encodeURIComponent(site.guid)", "g"),
    ],
)
def test_expressions_over_known_names(written, value):
    known = {"id": 7, "base": "/b", "site": {"guid": "g"}, "site.guid": "g"}
    assert read_value(written, 0, lambda name: known.get(name, Unknown(name))) == value


@pytest.mark.parametrize(
    "written", ["new Date().getTime()", "x ? y : z", "function(){}", "(a) => a", "a < b", "page - 1", "x(y)"]
)
def test_expressions_that_cannot_be_known(written):
    assert isinstance(read_value(written, 0), Unknown)


# -- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<script>" + "$.ajax({url:'/list?page='+a" * 60_000,
        "<script>" + "$.ajax(" * 300_000,
        "<script>" + ".jpage({" * 200_000,
        "<script" * 400_000,
        "<script>jpage" + "columnid" * 300_000,
        "queryData='{" * 200_000,
        '<p queryData="' + "{a:" * 100_000 + '">',
        "jpage<script>" + "{" * 2_000_000,
        "<input " * 300_000 + "<script>$.post('/list?page='+$('#a').val())",
        "<script>" + "".join(f"var a{n} = a{n + 1};" for n in range(3000)) + "$.get('/list?page=1&x='+a0)",
        "<script>" + "".join(f"a{n}={'(' * 50}a{n + 1}{')' * 50};" for n in range(40)) + "$.get('/list?page=1&x='+a0)",
        "<script>var a = a + a; $.get('/list?page=' + a)",
        "<script>$.get('/list?page=1', {" + ",".join(f"k{n}: v{n}" for n in range(2000)) + "})",
        "<script>$.get(" + "(" * 5000 + "'/list'" + ")" * 5000 + ")",
        "<script>$.get('" + "/list?page=1&" * 100_000 + "')",
        "messageController/getMessage.do'\"" * 50_000,
        "dataproxy.jsp?" * 200_000,
        "\x00<script>$.get('/list?page=1\ud800')</script>",
    ],
    ids=lambda text: text[:28],
)
@pytest.mark.parametrize("url", [f"{SITE}/gkmlpt/x/index.html", "http://[", ""])
def test_hostile_text_raises_nothing(text, url):
    request = find_call(text, url)
    assert request is None or urlsplit(request.url).hostname in ("www.example.gov.cn", "api.example.gov.cn")
    assert next_call(text, url, 15) is None or url


SEEDS = [
    f"<script>$('#212860').jpage({{totalRecord:4895, perPage:20, ajaxParam:{PARAMETERS}}});</script>",
    unit("列表") + "<div count='386' rows='15' queryData=\"{'webId':'1','pageId':'2'}\"></div>",
    SHELL,
    f"<script>{EPOINT}</script>",
    "<script>axios.post(`/portal/${a}/page`, {current: 1, size: 10, channel: {id: 5}})</script>",
]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.text(max_size=8)), max_size=5),
    st.sampled_from([PAGE, f"{SITE}/gkmlpt/index#5", "http://127.0.0.1:8080/list.html"]),
)
def test_mutated_pages_raise_nothing(seed, cuts, url):
    text = seed
    for start, length, new in cuts:
        place = start % (len(text) + 1)
        text = text[:place] + new + text[place + length % 60 :]
    for request in (find_call(text, url), next_call(text, url, 15)):
        assert request is None or urlsplit(request.url).hostname == urlsplit(url).hostname


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="{}[]()'\"`:,;.+-=<>!?&|/*\\$ab1 \n中", max_size=80))
def test_any_script_is_read_or_refused(script):
    read_value(script, 0)
    assert parse_qs(urlsplit(getattr(call(f"$.get('/list?page=1', {script})"), "url", "?page=1")).query)
