package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RequestPredicates.headers;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.reactive.UrlHandlerFilter;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/** Rules that find a handler, URLs made from them, and the arguments of a request. */
@ExtendWith(SharedApplication.class)
class RoutingCasesTest {

    private final TestApplication application;

    RoutingCasesTest(TestApplication application) {
        this.application = application;
    }

    private String body(String path) {
        return String.valueOf(application.get(path).getBody());
    }

    private ResponseEntity<String> post(String path, MediaType type, String body) {
        return application.exchange(
                application.client().post().uri(path).contentType(type).bodyValue(body));
    }

    @Test
    void aPatternMayBeARegularExpressionAndTheMoreSpecificOneWins() {
        assertThat(body("/route/12")).isEqualTo("number 12");
        assertThat(body("/route/ab")).isEqualTo("word ab");
        assertThat(body("/route/special")).isEqualTo("special");
        assertThat(application.get("/route/a-b").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
    }

    @Test
    void partsOfThePathAreDecoded() {
        assertThat(application
                        .exchange(application
                                .client()
                                .get()
                                .uri(URI.create("http://127.0.0.1:" + application.port() + "/segment/a%20%C3%A9")))
                        .getBody())
                .isEqualTo("a é");
        assertThat(body("/rest/of/the/path")).isEqualTo("/of/the/path");
    }

    @Test
    void aHostMayHaveRulesOfItsOwn() throws Exception {
        String request = "GET /hosted HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
        assertThat(Wire.exchange(application.port(), request.formatted("www.example.com"))
                        .body())
                .isEqualTo("example");
        assertThat(Wire.exchange(application.port(), request.formatted("other.test"))
                        .body())
                .isEqualTo("any host");
    }

    @Test
    void routersNestAndTheirRulesAreTriedInOrder() {
        assertThat(body("/nested/a/b")).isEqualTo("b in a");
        assertThat(body("/nested/a/other")).isEqualTo("anything in a");
    }

    @Test
    void aUrlIsMadeFromItsPattern() {
        assertThat(UriComponentsBuilder.fromPath("/quotes/{symbol}")
                        .encode()
                        .buildAndExpand("A/B é")
                        .toUriString())
                .isEqualTo("/quotes/A%2FB%20%C3%A9");
        assertThat(UriComponentsBuilder.fromUriString("http://h/p?a=1")
                        .queryParam("b", "{b}")
                        .encode()
                        .buildAndExpand("x&y")
                        .toUriString())
                .isEqualTo("http://h/p?a=1&b=x%26y");
    }

    @Test
    void redirectsAreTemporaryUnlessSaid() {
        ResponseEntity<String> temporary = application.get("/redirect/temporary");
        assertThat(temporary.getStatusCode()).isEqualTo(HttpStatus.FOUND);
        assertThat(temporary.getHeaders().getFirst(HttpHeaders.LOCATION)).isEqualTo("/hosted");
        assertThat(application.get("/redirect/permanent").getStatusCode()).isEqualTo(HttpStatus.MOVED_PERMANENTLY);
        assertThat(application.get("/old").getStatusCode()).isEqualTo(HttpStatus.PERMANENT_REDIRECT);
    }

    @Test
    void aSlashAtTheEndIsAnotherPathUnlessAFilterTakesItAway() {
        assertThat(application.get("/route/special/").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        ResponseEntity<String> answer = application.get("/slash/path/");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.MOVED_PERMANENTLY);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.LOCATION)).isEqualTo("/slash/path");
    }

    @Test
    void whatNobodyServesIs404() {
        assertThat(application.get("/nobody").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
    }

    @Test
    void argumentsOfTheQueryAreOneManyOptionalOrMissing() {
        assertThat(body("/query?one=1&many=a&many=b")).isEqualTo("1 [a, b] default");
        assertThat(body("/query?one=1&many=&other=x")).isEqualTo("1 [] x");
        ResponseEntity<String> missing = application.get("/query?many=a");
        assertThat(missing.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(missing.getBody()).contains("Required query parameter 'one' is not present");
        assertThat(application.get("/query?one=x&many=a").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    @Test
    void argumentsOfAFormAreApart() {
        assertThat(post("/form?name=query", MediaType.APPLICATION_FORM_URLENCODED, "name=body+%C3%A9&name=2")
                        .getBody())
                .isEqualTo("[body é, 2] [query]");
    }

    @Test
    void aJsonBodyIsReadAsWhatIsWanted() {
        assertThat(post("/json", MediaType.APPLICATION_JSON, "{\"a\": [1, 2]}").getBody())
                .isEqualTo("2");
        assertThat(post("/json", MediaType.APPLICATION_JSON, "{\"a\": ").getStatusCode())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(post("/json", MediaType.TEXT_XML, "<a/>").getStatusCode())
                .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }

    @Configuration(proxyBeanMethods = false)
    static class Routes {

        @Bean
        RouterFunction<ServerResponse> routes() {
            return RouterFunctions.route()
                    .GET(
                            "/hosted",
                            headers(headers ->
                                    headers.firstHeader(HttpHeaders.HOST).endsWith("example.com")),
                            request -> ServerResponse.ok().bodyValue("example"))
                    .GET("/hosted", request -> ServerResponse.ok().bodyValue("any host"))
                    .path(
                            "/nested",
                            nested -> nested.path(
                                    "/a",
                                    inner -> inner.GET(
                                                    "/b",
                                                    request ->
                                                            ServerResponse.ok().bodyValue("b in a"))
                                            .GET(
                                                    "/*",
                                                    request ->
                                                            ServerResponse.ok().bodyValue("anything in a"))))
                    .GET(
                            "/old",
                            request -> ServerResponse.permanentRedirect(URI.create("/hosted"))
                                    .build())
                    .build();
        }

        @Bean
        UrlHandlerFilter slashes() {
            return UrlHandlerFilter.trailingSlashHandler("/slash/**")
                    .redirect(HttpStatus.MOVED_PERMANENTLY)
                    .build();
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        @GetMapping("/route/{id:\\d+}")
        String number(@PathVariable int id) {
            return "number " + id;
        }

        @GetMapping("/route/{id:[a-z]+}")
        String word(@PathVariable String id) {
            return "word " + id;
        }

        @GetMapping("/route/special")
        String special() {
            return "special";
        }

        @GetMapping("/segment/{part}")
        String segment(@PathVariable String part) {
            return part;
        }

        @GetMapping("/rest/{*path}")
        String rest(@PathVariable String path) {
            return path;
        }

        @GetMapping("/redirect/{how}")
        ResponseEntity<Void> redirect(@PathVariable String how) {
            return ResponseEntity.status(how.equals("permanent") ? HttpStatus.MOVED_PERMANENTLY : HttpStatus.FOUND)
                    .location(URI.create("/hosted"))
                    .build();
        }

        @GetMapping("/query")
        String query(
                @RequestParam int one,
                @RequestParam List<String> many,
                @RequestParam(defaultValue = "default") String other) {
            return one + " " + many + " " + other;
        }

        @PostMapping("/form")
        String form(ServerWebExchange exchange) {
            return await(exchange.getFormData()).get("name") + " "
                    + exchange.getRequest().getQueryParams().get("name");
        }

        @PostMapping("/json")
        int json(@RequestBody JsonNode body) {
            return body.get("a").size();
        }
    }
}
