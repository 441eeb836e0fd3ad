package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.spring.web.parity.Request.get;
import static dev.asyncloop.spring.web.parity.Request.multipart;
import static dev.asyncloop.spring.web.parity.Request.of;
import static dev.asyncloop.spring.web.parity.Request.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.result.view.RedirectView;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/**
 * One set of requests is sent to a reactive version of an application and to its coroutine version. Each pair of answers
 * is equal in status, headers, body and completeness.
 */
class ParityTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private static final String JSON = "application/json";

    private static final String FORM = "application/x-www-form-urlencoded";

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "ioloop.carrier=" + key.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        "spring.webflux.apiversion.use.header=API-Version",
                        "spring.webflux.apiversion.default=1.0",
                        "spring.webflux.problemdetails.enabled=true",
                        "spring.http.codecs.max-in-memory-size=4KB"));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    private static void compare(Carrier carrier, Stream<Request> requests) {
        int port = on(carrier).port();
        SoftAssertions all = new SoftAssertions();
        requests.forEach(request -> {
            try {
                Answer reactive = request.send(port, "react");
                all.assertThat(reactive.status())
                        .as("%s: %s", request, reactive)
                        .isEqualTo(request.status());
                all.assertThat(request.send(port, "await"))
                        .as(request.toString())
                        .isEqualTo(reactive);
            } catch (IOException | RuntimeException ex) {
                all.fail(request.toString(), ex);
            }
        });
        all.assertAll();
    }

    @ParameterizedTest
    @EnumSource
    void oneVersionIsCoroutinesAndTheOtherIsNot(Carrier carrier) throws IOException {
        assertThat(get(200, "/where").send(on(carrier).port(), "react").body()).isEqualTo("false");
        assertThat(get(200, "/where").send(on(carrier).port(), "await").body()).isEqualTo("true");
    }

    @ParameterizedTest
    @EnumSource
    void argumentsOfTheRequestLineAndItsHeaders(Carrier carrier) {
        compare(
                carrier,
                Stream.of(
                        get(200, "/path/Ada/2026-01-02"),
                        get(400, "/path/Ada/tomorrow"),
                        get(200, "/rest/a/b/c"),
                        get(200, "/matrix/x;a=1/y;b=1,2;c=3"),
                        get(400, "/matrix/x/y;b=1"),
                        get(400, "/matrix/x;a=z/y"),
                        get(200, "/query?number=1&word=a&many=1&many=2&maybe=true"),
                        get(200, "/query?number=1&many=1,2"),
                        get(400, "/query"),
                        get(400, "/query?number=one"),
                        get(400, "/query?number=1&many=a"),
                        get(200, "/checked?number=10"),
                        get(400, "/checked?number=11"),
                        get(400, "/checked?number=11", "Accept-Language: de"),
                        get(200, "/headers", "X-Number: 1", "X-Other: b"),
                        get(400, "/headers"),
                        get(400, "/headers", "X-Number: one"),
                        get(200, "/cookies", "Cookie: crumb=7"),
                        get(400, "/cookies"),
                        get(400, "/cookies", "Cookie: crumb=seven"),
                        get(200, "/principal", "X-User: Ada"),
                        get(200, "/principal"),
                        get(200, "/request", "Accept-Language: fr-CH"),
                        get(200, "/model"),
                        get(200, "/version"),
                        get(200, "/version", "API-Version: 1.0"),
                        get(400, "/version", "API-Version: x"),
                        get(404, "/nobody"),
                        get(405, "/body"),
                        of(200, "HEAD", "/path/Ada/2026-01-02"),
                        of(400, "HEAD", "/query"),
                        of(200, "OPTIONS", "/path/Ada/2026-01-02"),
                        of(200, "OPTIONS", "/body"),
                        of(405, "DELETE", "/path/Ada/2026-01-02")));
    }

    @ParameterizedTest
    @EnumSource
    void bodies(Carrier carrier) {
        String ada = "{\"name\":\"Ada\",\"age\":36}";
        String wrong = "{\"name\":\"\",\"age\":200}";
        compare(
                carrier,
                Stream.of(
                        post(200, "/body", JSON, ada),
                        post(400, "/body", JSON, wrong),
                        post(400, "/body", JSON, wrong, "Accept-Language: de"),
                        post(400, "/body", JSON, "{\"name\":"),
                        post(400, "/body", JSON, "{\"name\":\"Ada\",\"age\":\"x\"}"),
                        post(400, "/body", JSON, ""),
                        post(415, "/body", "text/csv", "Ada,36"),
                        post(415, "/body", "text/csv; charset=", "Ada,36"),
                        post(413, "/body", JSON, "{\"name\":\"" + "x".repeat(5_000) + "\"}"),
                        post(400, "/bodyandnumber?number=x", JSON, ada),
                        post(400, "/bodyandnumber?number=1", JSON, wrong),
                        post(400, "/numberandbody?number=x", JSON, wrong),
                        post(200, "/bodymaybe", JSON, ""),
                        post(200, "/bodymaybe", JSON, ada),
                        post(200, "/bodylater", JSON, ada),
                        post(400, "/bodylater", JSON, "["),
                        post(200, "/bodymany", JSON, "[" + ada + "," + ada + "]"),
                        post(200, "/bodymany", "application/x-ndjson", ada + "\n" + ada + "\n"),
                        post(200, "/bodylist", JSON, "[" + ada + "]"),
                        post(200, "/bodybytes", "application/octet-stream", "12345"),
                        post(413, "/bodybytes", "application/octet-stream", "x".repeat(5_000)),
                        post(200, "/bodybuffers", "application/octet-stream", "x".repeat(50_000)),
                        post(200, "/entity", JSON, ada),
                        post(200, "/entity", JSON, ""),
                        post(415, "/entity", "text/csv", "Ada"),
                        post(200, "/requestentity", "text/plain", "as an entity"),
                        post(200, "/entitylater", JSON, ada)));
    }

    @ParameterizedTest
    @EnumSource
    void formsPartsAndFiles(Carrier carrier) {
        String who = "name=\"who\"\r\nContent-Type: application/json\r\n\r\n{\"name\":\"Ada\",\"age\":36}";
        String wrong = "name=\"who\"\r\nContent-Type: application/json\r\n\r\n{\"name\":\"\",\"age\":36}";
        String file = "name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nin a file";
        String note = "name=\"note\"\r\n\r\na note";
        compare(
                carrier,
                Stream.of(
                        post(200, "/form", FORM, "name=Ada&age=36"),
                        post(400, "/form", FORM, "name=&age=x"),
                        post(200, "/form", FORM, "name=&age=200"),
                        post(200, "/form?name=Ada", FORM, "age=2"),
                        post(200, "/attribute", FORM, "name=Ada&age=36"),
                        post(400, "/attribute", FORM, "name=&age=x"),
                        post(200, "/attributelater", FORM, "name=Ada&age=36"),
                        post(400, "/attributelater", FORM, "name=&age=x"),
                        post(200, "/attributelater", FORM, "name=&age=200"),
                        post(415, "/formdata", FORM, "a=1&a=2&b=%C3%A4"),
                        multipart(200, "/form", "name=\"name\"\r\n\r\nAda", "name=\"age\"\r\n\r\n36"),
                        multipart(200, "/parts", who, file, note),
                        multipart(400, "/parts", wrong, file, note),
                        multipart(400, "/parts", who, note),
                        multipart(415, "/parts", "name=\"who\"\r\nContent-Type: text/csv\r\n\r\nAda,36", file, note),
                        post(400, "/parts", JSON, "{}"),
                        multipart(200, "/partslater", who, file, file),
                        multipart(200, "/partsall", who, file, note),
                        post(200, "/formexchange", FORM, "a=1&a=2&b=%C3%A4"),
                        multipart(200, "/partsmap", who, file, note),
                        multipart(200, "/upload", file, note),
                        multipart(200, "/upload", note)));
    }

    @ParameterizedTest
    @EnumSource
    void sessionsAndTheirAttributes(Carrier carrier) throws IOException {
        List<Request> requests = List.of(
                get(400, "/whoami"),
                get(200, "/login"),
                get(200, "/whoami"),
                get(500, "/carts"),
                get(200, "/carts/new"),
                get(200, "/carts"),
                get(200, "/carts/end"),
                get(500, "/carts"));
        int port = on(carrier).port();
        Map<String, String> cookies = new HashMap<>();
        for (Request request : requests) {
            Map<String, Answer> answers = new HashMap<>();
            for (String version : List.of("react", "await")) {
                String cookie = cookies.get(version);
                Request sent = cookie == null ? request : request.with("Cookie: SESSION=" + cookie);
                Answer answer = sent.send(port, version, id -> cookies.put(version, id));
                answers.put(version, answer);
            }
            assertThat(answers.get("react").status())
                    .as("%s: %s", request, answers)
                    .isEqualTo(request.status());
            assertThat(answers.get("await")).as(request.toString()).isEqualTo(answers.get("react"));
        }
        assertThat(cookies).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void results(Carrier carrier) {
        compare(
                carrier,
                Stream.of(
                                "person",
                                "list",
                                "map",
                                "text",
                                "bytes",
                                "resource",
                                "entity",
                                "entity/resource",
                                "entity/etag",
                                "entity/modified",
                                "entity/created",
                                "created",
                                "optional",
                                "number",
                                "typed",
                                "headers",
                                "stage",
                                "future",
                                "mono",
                                "mono/empty",
                                "mono/void",
                                "mono/entity",
                                "flux",
                                "flux/empty",
                                "flux/text",
                                "flux/lines",
                                "flux/events",
                                "flux/sse",
                                "flux/failslater",
                                "flux/entity",
                                "entity/mono",
                                "httpentity",
                                "written",
                                "nothing",
                                "nothing/created",
                                "unmodified",
                                "task",
                                "empty",
                                "problem",
                                "errorresponse",
                                "entity/empty",
                                "entity/problem",
                                "entity/of",
                                "reason",
                                "future/fails",
                                "mono/fails",
                                "flux/fails",
                                "task/fails")
                        .map(path -> get(expected(path), "/returns/" + path)));
    }

    private static int expected(String path) {
        return switch (path) {
            case "problem", "errorresponse", "entity/problem" -> 409;
            case "created", "entity/created", "nothing/created" -> 201;
            case "entity", "future", "mono/entity", "reason" -> 202;
            case "entity/mono" -> 203;
            case "entity/empty" -> 204;
            case "entity/of" -> 404;
            default -> path.endsWith("/fails") ? 500 : 200;
        };
    }

    @ParameterizedTest
    @EnumSource
    void conditionsRangesVersionsAndOrigins(Carrier carrier) {
        String friend = "Origin: https://friend.example";
        String stranger = "Origin: https://stranger.example";
        compare(
                carrier,
                Stream.of(
                        get(200, "/returns/entity/etag", "If-None-Match: \"other\""),
                        get(304, "/returns/entity/etag", "If-None-Match: \"v1\""),
                        get(304, "/returns/entity/resource", "If-None-Match: \"v1\""),
                        get(304, "/returns/entity/modified", "If-Modified-Since: Fri, 02 Jan 2026 00:00:00 GMT"),
                        get(200, "/returns/entity/modified", "If-Modified-Since: Fri, 02 Jan 2015 00:00:00 GMT"),
                        get(304, "/returns/unmodified", "If-None-Match: \"v1\""),
                        get(304, "/returns/unmodified", "If-Modified-Since: Fri, 02 Jan 2026 00:00:00 GMT"),
                        get(206, "/returns/resource", "Range: bytes=2-4"),
                        get(206, "/returns/resource", "Range: bytes=-3"),
                        get(206, "/returns/resource", "Range: bytes=0-1,4-5"),
                        get(416, "/returns/resource", "Range: bytes=90-"),
                        get(206, "/returns/entity/resource", "Range: bytes=8-"),
                        get(406, "/returns/person", "Accept: text/html"),
                        get(406, "/returns/person", "Accept: nonsense"),
                        get(200, "/returns/flux", "Accept: application/x-ndjson"),
                        get(200, "/returns/flux", "Accept: text/event-stream"),
                        get(406, "/returns/typed", "Accept: application/json"),
                        of(200, "HEAD", "/returns/person"),
                        of(200, "HEAD", "/returns/flux/text"),
                        of(200, "HEAD", "/returns/resource"),
                        of(200, "HEAD", "/returns/written"),
                        get(200, "/returns/versioned"),
                        get(200, "/returns/versioned", "API-Version: 1"),
                        get(200, "/returns/versioned", "API-Version: 2"),
                        get(400, "/returns/versioned", "API-Version: 3"),
                        get(400, "/returns/versioned", "API-Version: x"),
                        of(200, "PUT", "/returns/cors", friend),
                        of(403, "PUT", "/returns/cors", stranger),
                        of(200, "OPTIONS", "/returns/cors", friend, "Access-Control-Request-Method: PUT"),
                        of(403, "OPTIONS", "/returns/cors", stranger, "Access-Control-Request-Method: PUT"),
                        of(200, "OPTIONS", "/returns/cors", friend, "Access-Control-Request-Method: DELETE"),
                        of(
                                200,
                                "OPTIONS",
                                "/returns/cors",
                                friend,
                                "Access-Control-Request-Method: PUT",
                                "Access-Control-Request-Headers: X-Own"),
                        of(200, "OPTIONS", "/returns/person", friend, "Access-Control-Request-Method: GET")));
    }

    @ParameterizedTest
    @EnumSource
    void views(Carrier carrier) {
        compare(
                carrier,
                Stream.of(
                        get(200, "/views/name", "Accept: text/html"),
                        get(200, "/views/name"),
                        get(303, "/views/redirect"),
                        get(202, "/views/rendering"),
                        get(303, "/views/rendering/redirect?a=1"),
                        get(200, "/views/view"),
                        get(200, "/views/fragments"),
                        get(200, "/views/model"),
                        get(200, "/views/map"),
                        get(200, "/views/attribute"),
                        get(200, "/views/default"),
                        get(500, "/views/unknown")));
    }

    @ParameterizedTest
    @EnumSource
    void failures(Carrier carrier) {
        Stream<Request> kinds = Map.ofEntries(
                        Map.entry("refused", 423),
                        Map.entry("status", 402),
                        Map.entry("unlawful", 451),
                        Map.entry("problem", 409),
                        Map.entry("io", 507),
                        Map.entry("file", 200),
                        Map.entry("timeout", 504),
                        Map.entry("cause", 423),
                        Map.entry("unhandleable", 500),
                        Map.entry("arithmetic", 502),
                        Map.entry("error", 500),
                        Map.entry("state", 500))
                .entrySet()
                .stream()
                .flatMap(kind -> Stream.of(
                        get(kind.getValue(), "/fails/now/" + kind.getKey()),
                        get(kind.getValue(), "/fails/later/" + kind.getKey()),
                        get(kind.getValue(), "/fails/flux/" + kind.getKey()),
                        get(kind.getValue(), "/fails/argument?number=1&model=" + kind.getKey())));
        compare(
                carrier,
                Stream.concat(
                        kinds,
                        Stream.of(
                                get(400, "/fails/argument"),
                                get(400, "/fails/argument?number=x"),
                                get(200, "/fails/now/file", "Accept: text/plain"),
                                get(200, "/fails/now/file", "Accept: application/json"),
                                get(507, "/fails/now/file", "Accept: application/xml"),
                                get(423, "/fails/json/refused"),
                                get(507, "/fails/json/io"),
                                get(406, "/fails/json/refused", "Accept: text/html"))));
    }

    @ParameterizedTest
    @EnumSource
    void functionalRoutes(Carrier carrier) {
        compare(
                carrier,
                Stream.of(
                        get(200, "/routes/person/Ada?note=some", "Accept: application/json"),
                        get(404, "/routes/person/Ada", "Accept: text/html"),
                        post(201, "/routes/body", JSON, "{\"name\":\"Ada\",\"age\":1}"),
                        post(400, "/routes/body", JSON, "{"),
                        post(415, "/routes/body", "text/csv", "Ada"),
                        post(200, "/routes/form", FORM, "a=1&b=2"),
                        multipart(200, "/routes/parts", "name=\"file\"; filename=\"a.txt\"\r\n\r\nin a file"),
                        get(200, "/routes/flux"),
                        get(200, "/routes/view"),
                        get(304, "/routes/tagged", "If-None-Match: \"v1\""),
                        get(200, "/routes/session"),
                        of(404, "HEAD", "/routes/tagged"),
                        of(404, "DELETE", "/routes/tagged"),
                        get(500, "/routes/fails/now"),
                        get(500, "/routes/fails/io"),
                        get(423, "/routes/fails/later"),
                        get(200, "/routes/versioned", "API-Version: 1"),
                        get(200, "/routes/versioned", "API-Version: 2"),
                        get(402, "/routes/tagged?stop")));
    }

    @ParameterizedTest
    @EnumSource
    void webFilters(Carrier carrier) {
        compare(
                carrier,
                Stream.of(
                        get(200, "/filtered/a"),
                        get(500, "/filtered/io"),
                        get(500, "/filtered/state"),
                        get(401, "/filtered/a?filter=refuse"),
                        get(202, "/filtered/a?filter=write"),
                        get(402, "/filtered/a?filter=throw"),
                        get(500, "/filtered/a?filter=throwchecked"),
                        get(200, "/filtered/a?filter=mutate"),
                        get(200, "/filtered/a?filter=context"),
                        get(202, "/filtered/io?filter=recover"),
                        get(500, "/filtered/state?filter=recover"),
                        get(502, "/filtered/io?filter=replace"),
                        get(404, "/filtered/a/b/c")));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        ArgumentHandlers.Reactive.class,
        ArgumentHandlers.Coroutines.class,
        CartHandlers.Reactive.class,
        CartHandlers.Coroutines.class,
        ReturnHandlers.Reactive.class,
        ReturnHandlers.Coroutines.class,
        ReturnHandlers.ReactiveViews.class,
        ReturnHandlers.CoroutineViews.class,
        FailureHandlers.Reactive.class,
        FailureHandlers.Coroutines.class,
        FailureHandlers.ReactiveAdvice.class,
        FailureHandlers.CoroutineAdvice.class,
        FailureHandlers.SharedAdvice.class,
        Routes.class,
        Filtered.class
    })
    static class Application {

        /** What error responses say, without the time and the id of the request. */
        @Bean
        ErrorAttributes errorAttributes() {
            return new DefaultErrorAttributes() {
                @Override
                public Map<String, @Nullable Object> getErrorAttributes(
                        ServerRequest request, ErrorAttributeOptions options) {
                    Map<String, @Nullable Object> all = super.getErrorAttributes(request, options);
                    return Map.of("status", all.get("status"), "error", String.valueOf(getError(request)));
                }
            };
        }

        @Bean
        ViewResolver viewResolver() {
            return (name, locale) -> name.contains("nowhere")
                    ? Mono.empty()
                    : Mono.just(
                            name.startsWith("redirect:")
                                    ? new RedirectView(name.substring("redirect:".length()))
                                    : new PlainView(name.substring(name.lastIndexOf('/') + 1)));
        }

        @Bean
        @Order(-1)
        WebFilter whoAndMark() {
            return (exchange, chain) -> {
                exchange.getAttributes().put("mark", "from a filter");
                String who = exchange.getRequest().getHeaders().getFirst("X-User");
                return chain.filter(
                        who == null
                                ? exchange
                                : exchange.mutate()
                                        .principal(Mono.just(() -> who))
                                        .build());
            };
        }
    }
}
