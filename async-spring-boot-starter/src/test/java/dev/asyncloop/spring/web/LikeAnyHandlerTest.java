package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.inCoroutine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.beans.PropertyEditorSupport;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.SyncHandlerMethodArgumentResolver;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every request is answered by a coroutine handler as it is by the same handler without {@code @Coroutine}. */
class LikeAnyHandlerTest {

    private static TestApplication application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Application.class, "spring.webflux.problemdetails.enabled=false");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private record Request(
            HttpMethod method,
            String uri,
            Map<String, String> headers,
            @Nullable String body) {

        static Request get(String uri, String... header) {
            return of(HttpMethod.GET, uri, null, header);
        }

        static Request post(String uri, String body, String... header) {
            return of(HttpMethod.POST, uri, body, header);
        }

        private static Request of(HttpMethod method, String uri, @Nullable String body, String... header) {
            return new Request(method, uri, header.length == 0 ? Map.of() : Map.of(header[0], header[1]), body);
        }

        @Override
        public String toString() {
            return method + " " + uri + (headers.isEmpty() ? "" : " " + headers) + (body == null ? "" : " " + body);
        }
    }

    private record Answer(
            int status,
            @Nullable MediaType type,
            @Nullable String note,
            @Nullable String body) {}

    static Stream<Request> requests() {
        return Stream.of(
                Request.get("/unit/SECONDS"),
                Request.get("/unit/fortnights"),
                Request.get("/optional"),
                Request.get("/optional?q=1"),
                Request.get("/required"),
                Request.get("/many?a=1&b=2", "Cookie", "crumb=7"),
                Request.get("/custom"),
                Request.get("/customlater"),
                Request.get("/unresolvable"),
                Request.get("/bound?amount=12€"),
                Request.get("/bound?amount=x"),
                Request.get("/model"),
                Request.get("/model?fail=true"),
                Request.get("/form?name=Ada&age=36"),
                Request.get("/form?name=&age=x"),
                Request.get("/formfails?name=&age=x"),
                Request.get("/session"),
                Request.get("/least?age=3"),
                Request.get("/least?age=-3"),
                Request.get("/least?age=-3", "Accept-Language", "de"),
                Request.post("/both?age=-3", "{\"name\":\"\",\"age\":1}", "Content-Type", "application/json"),
                Request.post("/both?age=3", "{\"name\":\"\",\"age\":1}", "Content-Type", "application/json"),
                Request.post("/both?age=3", "{\"name\":\"Ada\",\"age\":1}", "Content-Type", "application/json"),
                Request.post("/people", "{\"name\":\"Ada\",\"age\":1}", "Content-Type", "application/json"),
                Request.post("/people", "[{\"name\":", "Content-Type", "application/json"),
                Request.post("/people", "Ada", "Content-Type", "text/plain"),
                Request.post("/later", "as a mono", "Content-Type", "text/plain"),
                Request.post("/whole", "as an entity", "Content-Type", "text/plain"),
                Request.get("/json", "Accept", "text/html"),
                Request.get("/json"),
                Request.get("/unwritable"),
                Request.get("/created"),
                Request.get("/createdfails"),
                Request.get("/createdvoid"),
                Request.get("/void"),
                Request.get("/null"),
                Request.get("/nothing"),
                Request.get("/entity"),
                Request.get("/written"),
                Request.get("/writtenmono"),
                Request.get("/unmodified", "If-Modified-Since", "Fri, 02 Jan 2026 00:00:00 GMT"),
                Request.get("/mono"),
                Request.get("/monofails"),
                Request.get("/flux"),
                Request.get("/future"),
                Request.get("/fails/io"),
                Request.get("/fails/state"),
                Request.get("/fails/status"),
                Request.get("/fails/error"),
                Request.get("/fails/own"),
                Request.get("/fails/named"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aCoroutineAnswersAsAnOrdinaryHandlerDoes(Request request) {
        Answer ordinary = answer("/ordinary", request);
        assertThat(answer("/coroutine", request)).isEqualTo(ordinary);
    }

    @Test
    void theCoroutinesReallyAreCoroutinesAndTheOthersAreNot() {
        assertThat(application.get("/ordinary/where").getBody()).isEqualTo("false");
        assertThat(application.get("/coroutine/where").getBody()).isEqualTo("true");
        assertThat(application.get("/meta").getBody()).isEqualTo("true");
        assertThat(application.get("/interface").getBody()).isEqualTo("true");
    }

    @Test
    void aStatusOnTheClassIsSetByASuccessOnly() {
        for (String base : List.of("/statusordinary", "/statuscoroutine")) {
            assertThat(application.get(base + "/ok").getStatusCode()).as(base).isEqualTo(HttpStatus.ACCEPTED);
            assertThat(application.get(base + "/fails").getStatusCode())
                    .as(base)
                    .isEqualTo(HttpStatus.OK);
        }
    }

    @Test
    void aPrototypeControllerIsMadeForEachRequest() {
        assertThat(application.get("/prototype").getBody()).isEqualTo("1");
        assertThat(application.get("/prototype").getBody()).isEqualTo("1");
    }

    @Test
    void aProxiedControllerKeepsItsAdvice() {
        assertThat(application.get("/proxied?age=3").getBody()).isEqualTo("3 true");
        assertThat(application.get("/proxied?age=-3").getStatusCode().is2xxSuccessful())
                .isFalse();
    }

    private static Answer answer(String base, Request request) {
        WebClient.RequestBodySpec spec =
                application.client().method(request.method()).uri(base + request.uri());
        request.headers().forEach(spec::header);
        ResponseEntity<String> entity =
                application.exchange(request.body() == null ? spec : spec.bodyValue(request.body()));
        String body = entity.getBody();
        return new Answer(
                entity.getStatusCode().value(),
                entity.getHeaders().getContentType(),
                entity.getHeaders().getFirst("X-Note"),
                body == null
                        ? null
                        : body.replace(base, "").replace("Ordinary", "").replace("Coroutines", ""));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        Ordinary.class,
        Coroutines.class,
        StatusOrdinary.class,
        StatusCoroutines.class,
        Meta.class,
        Implementation.class,
        Prototype.class,
        Proxied.class,
        Advice.class
    })
    static class Application {

        /** What error responses say, without the time and the id of the request. */
        @Bean
        ErrorAttributes errorAttributes() {
            return new DefaultErrorAttributes() {
                @Override
                public Map<String, @Nullable Object> getErrorAttributes(
                        ServerRequest request, ErrorAttributeOptions options) {
                    Throwable error = getError(request);
                    Map<String, @Nullable Object> all = super.getErrorAttributes(request, options);
                    return Map.of("status", all.get("status"), "error", String.valueOf(error));
                }
            };
        }

        @Bean
        WebFilter attributeFilter() {
            return (exchange, chain) -> {
                exchange.getAttributes().put("mark", "from a filter");
                return chain.filter(exchange);
            };
        }

        @Bean
        HandlerMethodArgumentResolver custom() {
            return new SyncHandlerMethodArgumentResolver() {
                @Override
                public boolean supportsParameter(MethodParameter parameter) {
                    return parameter.getParameterType() == Custom.class;
                }

                @Override
                public Object resolveArgumentValue(
                        MethodParameter parameter, BindingContext bindingContext, ServerWebExchange exchange) {
                    return new Custom("custom");
                }
            };
        }

        @Bean
        HandlerMethodArgumentResolver customLater() {
            return new HandlerMethodArgumentResolver() {
                @Override
                public boolean supportsParameter(MethodParameter parameter) {
                    return parameter.getParameterType() == CustomLater.class;
                }

                @Override
                public Mono<Object> resolveArgument(
                        MethodParameter parameter, BindingContext bindingContext, ServerWebExchange exchange) {
                    return Mono.<Object>just(new CustomLater("later")).delayElement(Duration.ofMillis(1));
                }
            };
        }
    }

    record Custom(String value) {}

    record CustomLater(String value) {}

    interface Unresolvable {}

    record Person(@NotBlank String name, int age) {}

    static final class OwnException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    static final class NamedException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    @RestControllerAdvice(assignableTypes = Handlers.class)
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> io(IOException ex) {
            return ResponseEntity.status(HttpStatus.INSUFFICIENT_STORAGE).body("advice: " + ex.getMessage());
        }

        @ExceptionHandler
        ResponseEntity<String> invalid(HandlerMethodValidationException ex) {
            return ResponseEntity.badRequest()
                    .body(ex.getAllErrors().stream()
                            .map(error -> String.valueOf(error.getDefaultMessage()))
                            .sorted()
                            .toList()
                            .toString());
        }
    }

    abstract static class Handlers {

        @InitBinder
        void binder(WebDataBinder binder) {
            binder.registerCustomEditor(Custom.class, "amount", new PropertyEditorSupport() {
                @Override
                public void setAsText(String text) {
                    if (!text.endsWith("€")) {
                        throw new IllegalArgumentException("no euro");
                    }
                    setValue(new Custom(text.substring(0, text.length() - 1)));
                }
            });
        }

        @ModelAttribute
        void model(Model model, @RequestParam(defaultValue = "false") boolean fail) {
            if (fail) {
                throw new OwnException();
            }
            model.addAttribute("made", "for all");
        }

        @ModelAttribute("cart")
        StringBuilder cart() {
            return new StringBuilder("new ");
        }

        @ExceptionHandler
        String own(OwnException ex) {
            return "the controller's own";
        }

        @ExceptionHandler
        String named(NamedException ex, HandlerMethod method) {
            return method + " " + method.getBeanType().getName() + " " + method.hasMethodAnnotation(GetMapping.class)
                    + " " + method.getShortLogMessage();
        }

        @GetMapping("/where")
        boolean where() {
            return inCoroutine();
        }

        @GetMapping("/unit/{unit}")
        String unit(@PathVariable TimeUnit unit) {
            return unit.name();
        }

        @GetMapping("/optional")
        String optional(@RequestParam Optional<Integer> q) {
            return q.toString();
        }

        @GetMapping("/required")
        String required(@RequestParam int q) {
            return String.valueOf(q);
        }

        @GetMapping("/many")
        String many(
                @RequestParam Map<String, String> all,
                @CookieValue("crumb") int crumb,
                @RequestAttribute("mark") String mark,
                @RequestHeader("Host") String host,
                @Value("#{1 + 1}") int two,
                @Nullable Locale locale,
                UriComponentsBuilder uri,
                HttpMethod method,
                @Nullable Principal principal,
                ServerHttpRequest request) {
            return Arrays.asList(all, crumb, mark, host.isEmpty(), two, locale, method, principal)
                    + uri.replacePath("").toUriString()
                    + request.getMethod();
        }

        @GetMapping("/custom")
        String custom(Custom own) {
            return own.value();
        }

        @GetMapping("/customlater")
        String customLater(CustomLater own, Custom other, @RequestParam(defaultValue = "4") int number) {
            return own.value() + other.value() + number;
        }

        @GetMapping("/unresolvable")
        String unresolvable(Unresolvable argument) {
            return "never";
        }

        @GetMapping("/bound")
        String bound(@RequestParam("amount") Custom amount) {
            return amount.value();
        }

        @GetMapping("/model")
        String model(Model model) {
            return String.valueOf(model.getAttribute("made"));
        }

        @GetMapping("/form")
        String form(@Valid @ModelAttribute Person person, BindingResult result) {
            return person + " " + result.getErrorCount();
        }

        @GetMapping("/formfails")
        String formFails(@Valid @ModelAttribute Person person) {
            return "never";
        }

        @GetMapping("/session")
        String session(@ModelAttribute("cart") StringBuilder cart) {
            return cart.append("x").toString();
        }

        @GetMapping("/least")
        String least(@RequestParam @Min(0) int age) {
            return String.valueOf(age);
        }

        @PostMapping("/both")
        String both(@RequestParam @Min(0) int age, @Valid @RequestBody Person person) {
            return age + person.name();
        }

        @PostMapping("/people")
        Person people(@Valid @RequestBody Person person) {
            return person;
        }

        @PostMapping("/later")
        Mono<String> later(@RequestBody Mono<String> body) {
            return body.map(String::toUpperCase);
        }

        @PostMapping("/whole")
        String whole(HttpEntity<String> entity) {
            return entity.getHeaders().getContentType() + String.valueOf(entity.getBody());
        }

        @GetMapping(path = "/json", produces = "application/json")
        Person json() {
            return new Person("Ada", 36);
        }

        @GetMapping("/unwritable")
        Object unwritable() {
            return Map.of("self", new Object() {
                @SuppressWarnings("unused")
                public String getValue() {
                    throw new IllegalStateException("unwritable");
                }
            });
        }

        @GetMapping("/created")
        @ResponseStatus(HttpStatus.CREATED)
        String created() {
            return "created";
        }

        @GetMapping("/createdfails")
        @ResponseStatus(HttpStatus.CREATED)
        String createdFails() {
            throw new OwnException();
        }

        @GetMapping("/createdvoid")
        @ResponseStatus(HttpStatus.CREATED)
        void createdVoid() {}

        @GetMapping("/void")
        void nothingAtAll() {}

        @GetMapping("/null")
        @Nullable
        Person none() {
            return null;
        }

        @GetMapping("/nothing")
        ResponseEntity<Void> nothing() {
            return ResponseEntity.noContent().header("X-Note", "nothing").build();
        }

        @GetMapping("/entity")
        ResponseEntity<Person> entity() {
            return ResponseEntity.status(HttpStatus.ACCEPTED)
                    .header("X-Note", "entity")
                    .body(new Person("Ada", 36));
        }

        @GetMapping("/written")
        void written(ServerWebExchange exchange) {
            exchange.getResponse().getHeaders().set("X-Note", "written");
            exchange.getResponse().setStatusCode(HttpStatus.ACCEPTED);
        }

        @GetMapping("/writtenmono")
        Mono<Void> writtenMono(ServerHttpResponse response) {
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap("by hand".getBytes())));
        }

        @GetMapping("/unmodified")
        @Nullable
        String unmodified(ServerWebExchange exchange) {
            return exchange.checkNotModified(Instant.parse("2026-01-01T00:00:00Z")) ? null : "modified";
        }

        @GetMapping("/mono")
        Mono<Person> mono() {
            return Mono.just(new Person("Ada", 36)).delayElement(Duration.ofMillis(1));
        }

        @GetMapping("/monofails")
        Mono<String> monoFails() {
            return Mono.error(new OwnException());
        }

        @GetMapping("/flux")
        Flux<Integer> flux() {
            return Flux.range(1, 3);
        }

        @GetMapping("/future")
        CompletableFuture<String> future() {
            return CompletableFuture.completedFuture("from the future");
        }

        @GetMapping("/fails/{how}")
        String fails(@PathVariable String how) throws IOException {
            if (inCoroutine()) {
                Async.yieldNow();
            }
            switch (how) {
                case "io" -> throw new IOException("no disk");
                case "state" -> throw new IllegalStateException("bad state");
                case "status" -> throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "no money");
                case "error" -> throw new AssertionError("an error");
                case "named" -> throw new NamedException();
                default -> throw new OwnException();
            }
        }
    }

    @RestController
    @RequestMapping("/ordinary")
    @SessionAttributes("cart")
    static class Ordinary extends Handlers {}

    @RestController
    @RequestMapping("/coroutine")
    @SessionAttributes("cart")
    @Coroutine
    static class Coroutines extends Handlers {}

    abstract static class StatusHandlers {

        @GetMapping("/ok")
        String ok() {
            return "ok";
        }

        @GetMapping("/fails")
        String fails() {
            throw new OwnException();
        }

        @ExceptionHandler
        ResponseEntity<String> own(OwnException ex) {
            return ResponseEntity.ok("handled");
        }
    }

    @RestController
    @RequestMapping("/statusordinary")
    @ResponseStatus(HttpStatus.ACCEPTED)
    static class StatusOrdinary extends StatusHandlers {}

    @RestController
    @RequestMapping("/statuscoroutine")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Coroutine
    static class StatusCoroutines extends StatusHandlers {}

    @Coroutine
    @RequestMapping(method = RequestMethod.GET)
    @Retention(RetentionPolicy.RUNTIME)
    @interface CoroutineGet {

        @AliasFor(annotation = RequestMapping.class, attribute = "path")
        String[] value();
    }

    @RestController
    static class Meta {

        @CoroutineGet("/meta")
        boolean where() {
            return inCoroutine();
        }
    }

    interface Api {

        @Coroutine
        @GetMapping("/interface")
        boolean where();
    }

    @RestController
    static class Implementation implements Api {

        @Override
        public boolean where() {
            return inCoroutine();
        }
    }

    @RestController
    @Scope("prototype")
    @Coroutine
    static class Prototype {

        private int calls;

        @GetMapping("/prototype")
        int calls() {
            return ++calls;
        }
    }

    @RestController
    @Validated
    @Coroutine
    static class Proxied {

        @GetMapping("/proxied")
        String proxied(@RequestParam @Min(0) int age) {
            return age + " " + inCoroutine();
        }
    }
}
