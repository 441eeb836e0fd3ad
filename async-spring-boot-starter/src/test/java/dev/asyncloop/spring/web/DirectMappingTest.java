package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.lang.reflect.Method;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxRegistrations;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.ApiVersionConfigurer;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.PathMatchConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.condition.ProducesRequestCondition;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.service.annotation.GetExchange;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/**
 * A request that is mapped directly finds the same handler as with Spring's own dispatcher of the same application, with the
 * same attributes, put in the same order, and the same answer; and those that can't be are mapped by Spring.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectMappingTest {

    private TestApplication application;

    @BeforeAll
    void start() {
        application = TestApplication.start(Application.class);
    }

    @AfterAll
    void end() {
        application.close();
    }

    // ---- both ways

    /** A request, and whether it is to be mapped directly. */
    private record Case(String name, boolean direct, Supplier<MockServerHttpRequest> request) {

        static Case direct(String method, String target, String... headers) {
            return new Case(method + " " + target, true, () -> request(method, target, headers));
        }

        static Case springs(String method, String target, String... headers) {
            return new Case(method + " " + target, false, () -> request(method, target, headers));
        }

        private static MockServerHttpRequest request(String method, String target, String... headers) {
            MockServerHttpRequest.BodyBuilder request =
                    MockServerHttpRequest.method(HttpMethod.valueOf(method), URI.create(target));
            for (int i = 0; i < headers.length; i += 2) {
                if (headers[i].equals("context path")) {
                    request.contextPath(headers[i + 1]);
                } else {
                    request.header(headers[i], headers[i + 1]);
                }
            }
            return request.build();
        }
    }

    /** All that comes of a request. */
    private record Outcome(
            String answer,
            List<String> changes,
            Map<String, String> attributes,
            String pathPattern,
            List<Integer> identities) {}

    /** The attributes of a request, which tell of their changes. */
    private static final class Attributes extends ConcurrentHashMap<String, Object> {

        private final transient List<String> changes = new CopyOnWriteArrayList<>();

        private transient boolean direct;

        Attributes(Map<String, Object> first) {
            super(first);
        }

        @Override
        public @Nullable Object put(String name, Object value) {
            changes.add(name + "=" + text(value));
            if (name.equals(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)) {
                direct = StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(AskedMapping.class.getName())));
            }
            return super.put(name, value);
        }

        @Override
        public @Nullable Object remove(Object name) {
            changes.add("no " + name);
            return super.remove(name);
        }
    }

    private static String text(Object value) {
        return String.valueOf(value).replaceAll("@[0-9a-f]{4,8}", "@id").replaceAll("[0-9a-f]{7,8}", "id");
    }

    /** One way for requests, with something in front that records. */
    private static final class Way implements WebFilter {

        private final HttpHandler handler;

        private @Nullable Attributes attributes;

        Way(WebHttpHandlerBuilder builder) {
            handler = builder.filters(all -> all.addFirst(this)).build();
        }

        static Way ours(ApplicationContext context) {
            Way way = new Way(WebHttpHandlerBuilder.applicationContext(context));
            assertThat(context.getBean(WebHandler.class)).isInstanceOf(CoroutineDispatcherHandler.class);
            return way;
        }

        static Way springs(ApplicationContext context) {
            WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.webHandler(new DispatcherHandler(context));
            context.getBeanProvider(WebFilter.class).orderedStream().forEach(builder::filter);
            context.getBeanProvider(WebExceptionHandler.class).orderedStream().forEach(builder::exceptionHandler);
            return new Way(builder);
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain next) {
            Attributes attributes = new Attributes(exchange.getAttributes());
            this.attributes = attributes;
            return next.filter(new ServerWebExchangeDecorator(exchange) {
                @Override
                public Map<String, Object> getAttributes() {
                    return attributes;
                }
            });
        }

        Outcome send(MockServerHttpRequest request) {
            MockServerHttpResponse response = new MockServerHttpResponse();
            handler.handle(request, response).block(Duration.ofSeconds(20));
            Attributes attributes = Objects.requireNonNull(this.attributes);
            Map<String, String> texts = new TreeMap<>();
            attributes.forEach((name, value) -> texts.put(name, text(value)));
            texts.remove(ServerWebExchange.LOG_ID_ATTRIBUTE);
            texts.remove(ServerRequestObservationContext.CURRENT_OBSERVATION_CONTEXT_ATTRIBUTE);
            ServerRequestObservationContext observed =
                    ServerRequestObservationContext.findCurrent(attributes).orElseThrow();
            List<Integer> identities = new ArrayList<>();
            for (String name : List.of(
                    HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
                    HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                    HandlerMapping.MATRIX_VARIABLES_ATTRIBUTE)) {
                Object value = attributes.get(name);
                identities.add(value instanceof Map<?, ?> map && !map.isEmpty() ? 0 : System.identityHashCode(value));
            }
            String answer = response.getStatusCode() + " "
                    + new TreeMap<>(response.getHeaders().toSingleValueMap()) + " "
                    + response.getBodyAsString().block(Duration.ofSeconds(20));
            return new Outcome(
                    answer.replaceAll("\"(timestamp|requestId)\":\"[^\"]*\"|Content-Length=1[0-9]{2}", "some"),
                    withoutRepetitions(attributes.changes),
                    texts,
                    String.valueOf(observed.getPathPattern()),
                    identities);
        }

        /**
         * Spring also asks the mapping of routes where there are none, which says once more that there is no version; and a
         * mapping of endpoints, which makes itself a note and throws it away.
         */
        private static List<String> withoutRepetitions(List<String> changes) {
            List<String> different = new ArrayList<>();
            for (String change : changes) {
                boolean isNote = change.startsWith(ProducesRequestCondition.class.getName() + ".MEDIA_TYPES=");
                if (isNote) {
                    continue;
                }
                if (different.isEmpty() || !different.getLast().equals(change)) {
                    different.add(change);
                }
            }
            return different;
        }

        /** Returns whether the last request was mapped, and not by Spring. */
        boolean isDirect() {
            return Objects.requireNonNull(attributes).direct;
        }
    }

    private void compare(Case... cases) {
        compare(application, cases);
    }

    private static void compare(TestApplication application, Case... cases) {
        Way springs = Way.springs(application.context());
        Way ours = Way.ours(application.context());
        SoftAssertions all = new SoftAssertions();
        for (Case tried : cases) {
            Outcome expected = springs.send(tried.request.get());
            all.assertThat(springs.isDirect()).as(tried.name).isFalse();
            for (String time : List.of("first", "second", "third")) {
                all.assertThat(ours.send(tried.request.get()))
                        .as("%s, the %s time", tried.name, time)
                        .isEqualTo(expected);
                all.assertThat(ours.isDirect())
                        .as("%s, the %s time, is mapped directly", tried.name, time)
                        .isEqualTo(tried.direct);
            }
        }
        all.assertAll();
    }

    // ---- the tables

    @Test
    void aPathWithoutVariablesIsMappedDirectly() {
        compare(
                Case.direct("GET", "/plain"),
                Case.direct("GET", "/plain?a=1"),
                Case.direct("GET", "/coroutine"),
                Case.direct("GET", "/later"),
                Case.direct("GET", "/seen"),
                Case.direct("GET", "/fails"),
                Case.direct("GET", "/interface"),
                Case.direct("GET", "/"),
                Case.direct("GET", "/one"),
                Case.direct("GET", "/two"),
                Case.direct("GET", "/mixed"),
                Case.springs("GET", "/mixture"),
                Case.direct("GET", "/other/plain"),
                Case.direct("GET", "/var/fixed"),
                Case.direct("GET", "/plain", "Origin", "http://elsewhere.example"),
                Case.direct("GET", "/plain", "Accept", "nonsense"),
                Case.direct("GET", "/plain", "Content-Type", "nonsense"),
                Case.direct("GET", "/plain", "X-Api-Version", "1"));
    }

    @Test
    void aMethodFindsItsHandlerOrNone() {
        compare(
                Case.direct("HEAD", "/plain"),
                Case.springs("OPTIONS", "/plain"),
                Case.springs("POST", "/plain"),
                Case.springs("PURGE", "/plain"),
                Case.direct("GET", "/items"),
                Case.direct("HEAD", "/items"),
                Case.direct("POST", "/items"),
                Case.direct("DELETE", "/items"),
                Case.springs("PUT", "/items"),
                Case.springs("OPTIONS", "/items"),
                Case.direct("GET", "/any"),
                Case.direct("PUT", "/any"),
                Case.direct("PURGE", "/any"),
                Case.direct("TRACE", "/any"),
                Case.springs("OPTIONS", "/any"),
                Case.springs("OPTIONS", "/options"),
                Case.direct("HEAD", "/head"),
                Case.springs("GET", "/head"));
    }

    @Test
    void whatIsNotThePathItselfIsMappedBySpring() {
        compare(
                Case.springs("GET", "/pl%61in"),
                Case.springs("GET", "/plain;a=b"),
                Case.springs("GET", "/plain/"),
                Case.springs("GET", "http://a.example//plain"),
                Case.springs("GET", "/PLAIN"),
                Case.springs("GET", "/plain/more"),
                Case.springs("GET", "/semi;a=b"),
                Case.springs("GET", "/semi"),
                Case.springs("GET", "/a%20b"),
                Case.springs("GET", "/var/5"),
                Case.springs("GET", "/var/5;a=b"),
                Case.springs("GET", "/star/any/thing"),
                Case.springs("GET", "/nowhere"));
    }

    @Test
    void anOtherConditionIsForSpring() {
        compare(
                Case.springs("GET", "/param?x=1"),
                Case.springs("GET", "/param"),
                Case.springs("GET", "/header", "X-It", "1"),
                Case.springs("GET", "/header"),
                Case.springs("POST", "/consumes", "Content-Type", "text/plain"),
                Case.springs("POST", "/consumes", "Content-Type", "application/json"),
                Case.springs("GET", "/produces", "Accept", "text/plain"),
                Case.springs("GET", "/produces", "Accept", "application/json"),
                Case.springs("GET", "/two-ways?x=1"),
                Case.springs("GET", "/two-ways"),
                Case.direct("POST", "/two-ways"));
    }

    @Test
    void endpointsAreMappedBySpring() {
        compare(
                Case.springs("GET", "/actuator"),
                Case.springs("GET", "/actuator/health"),
                Case.springs("GET", "/actuator/health/"),
                Case.springs("GET", "/actuator/health/none"),
                Case.springs("GET", "/actuator/none"),
                Case.springs("GET", "/actuator/health", "Accept", "nonsense"),
                Case.springs("POST", "/actuator/health"),
                Case.springs("OPTIONS", "/actuator/health"),
                Case.springs("HEAD", "/actuator/health"));
    }

    @Test
    void theMappingOfEndpointsIsNotAskedForWhatIsNotTheirs() {
        AskedMapping endpoints = new AskedMapping(
                application.context().getBean("webEndpointReactiveHandlerMapping", HandlerMapping.class));
        assertThat(List.of("/plain", "/", "/var/5", "/actuators", "/none/actuator/health"))
                .allMatch(path -> endpoints.hasNone(exchange(path)));
        assertThat(List.of("/actuator", "/actuator/health", "/actuator/health/x", "/actuator/he%61lth"))
                .noneMatch(path -> endpoints.hasNone(exchange(path)));
        AskedMapping own =
                new AskedMapping(application.context().getBean("requestMappingHandlerMapping", HandlerMapping.class));
        assertThat(own.hasNone(exchange("/none"))).isFalse();
    }

    private static ServerWebExchange exchange(String path) {
        return MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.GET, URI.create(path)));
    }

    @Test
    void ambiguousMappingsAreForSpring() {
        compare(Case.springs("GET", "/twice"), Case.direct("GET", "/twice/once"));
    }

    @Test
    void whatHasToDoWithOtherOriginsIsForSpring() {
        String[] others = {"Origin", "http://elsewhere.example"};
        String[] friends = {"Origin", "http://friend.example"};
        String[] preFlight = {"Origin", "http://friend.example", "Access-Control-Request-Method", "GET"};
        compare(
                Case.springs("GET", "/cors"),
                Case.springs("GET", "/cors", others),
                Case.springs("GET", "/cors", friends),
                Case.springs("OPTIONS", "/cors", preFlight),
                Case.springs("GET", "/cors-class"),
                Case.springs("GET", "/cors-class", others),
                Case.springs("GET", "/cors-class", friends),
                Case.springs("OPTIONS", "/cors-class", preFlight),
                Case.springs("OPTIONS", "/plain", preFlight));
    }

    @Test
    void aControllerMayBeMadeForTheRequestOrFailToBe() {
        compare(
                Case.direct("GET", "/fresh"),
                Case.direct("GET", "/lazy"),
                Case.direct("GET", "/broken"),
                Case.direct("GET", "/interface"));
    }

    @Test
    void aFilterMayChangeTheRequest() {
        compare(
                Case.direct("GET", "/filter/path"),
                Case.direct("GET", "/filter/method"),
                Case.direct("GET", "/filter/attributes"),
                Case.springs("GET", "/filter/own-path"));
    }

    @Test
    void aContextPathIsNotLookedUp() {
        compare(
                Case.direct("GET", "/base/plain", "context path", "/base"),
                Case.direct("GET", "/base/", "context path", "/base"),
                Case.direct("GET", "/plain/plain", "context path", "/plain"),
                Case.springs("GET", "/plain/nowhere", "context path", "/plain"));
    }

    @Test
    void aHandlerMayComeAndGo() throws NoSuchMethodException {
        RequestMappingHandlerMapping mapping = mapping(application);
        Method method = Coming.class.getDeclaredMethod("come");
        Case springs = Case.springs("GET", "/coming");
        Case direct = Case.direct("GET", "/coming");
        RequestMappingInfo info = info(mapping, HttpMethod.GET, "/coming");

        compare(springs);
        mapping.registerMapping(info, new Coming("first"), method);
        compare(direct);
        mapping.unregisterMapping(info);
        compare(springs);
        mapping.registerMapping(info, new Coming("second"), method);
        compare(direct);
        assertThat(Way.ours(application.context()).send(direct.request.get()).answer)
                .contains("second");
        RequestMappingInfo post = info(mapping, HttpMethod.POST, "/coming");
        mapping.registerMapping(post, new Coming("to post"), method);
        compare(direct, Case.direct("POST", "/coming"));
        RequestMappingInfo conditional =
                info(mapping, HttpMethod.GET, "/coming").mutate().params("x").build();
        mapping.registerMapping(conditional, new Coming("with x"), method);
        compare(springs, Case.springs("GET", "/coming?x"), Case.direct("POST", "/coming"));
        mapping.unregisterMapping(conditional);
        compare(direct);
        mapping.unregisterMapping(info);
        compare(springs, Case.direct("POST", "/coming"));
        mapping.unregisterMapping(post);
        compare(springs);
    }

    private static RequestMappingHandlerMapping mapping(TestApplication application) {
        return application.context().getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    }

    private static RequestMappingInfo info(RequestMappingHandlerMapping mapping, HttpMethod method, String path) {
        RequestMappingInfo.BuilderConfiguration options = new RequestMappingInfo.BuilderConfiguration();
        options.setPatternParser(mapping.getPathPatternParser());
        return RequestMappingInfo.paths(path)
                .methods(Objects.requireNonNull(RequestMethod.resolve(method)))
                .options(options)
                .build();
    }

    @Test
    void whatSpringWouldLogItDoesLog() {
        Logger logger = (Logger) LoggerFactory.getLogger(RequestMappingHandlerMapping.class);
        List<String> said = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                said.add(event.getFormattedMessage().replaceAll("\\[[0-9a-f]+\\]", "[id]"));
            }
        };
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
        try {
            compare(Case.springs("GET", "/plain"));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(appender);
        }
        assertThat(said).hasSize(4).containsOnly(said.getFirst());
        assertThat(said.getFirst()).startsWith("[id] Mapped to ");
    }

    @Test
    void originsMayBeAllowedAtAnyTime() {
        RequestMappingHandlerMapping mapping = mapping(application);
        compare(Case.direct("GET", "/plain"));
        mapping.setCorsConfigurations(Map.of("/plain", new CorsConfiguration().applyPermitDefaultValues()));
        compare(
                Case.springs("GET", "/plain", "Origin", "http://elsewhere.example"),
                Case.springs("GET", "/items", "Origin", "http://elsewhere.example"));
        mapping.setCorsConfigurations(Map.of());
        compare(Case.direct("GET", "/plain", "Origin", "http://elsewhere.example"));
    }

    @Test
    void whereReactorPropagatesContextsRequestsAreMappedBySpring() {
        Hooks.enableAutomaticContextPropagation();
        try {
            compare(Case.springs("GET", "/plain"));
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
    }

    @Test
    void aRequestThatIsCancelledBeforeItHasBegunIsNotMapped() {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/plain").build());
        BaseSubscriber<Void> gone = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        };
        application.bean(DispatcherHandler.class).handle(exchange).subscribe(gone);
        assertThat(exchange.getAttributes())
                .doesNotContainKeys(
                        HandlerMapping.API_VERSION_ATTRIBUTE, HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
    }

    // ---- other applications

    @Test
    void allowedOriginsOfAllAreForSpring() {
        try (TestApplication other = TestApplication.start(WithOrigins.class)) {
            compare(
                    other,
                    Case.springs("GET", "/plain"),
                    Case.springs("GET", "/plain", "Origin", "http://elsewhere.example"),
                    Case.springs("GET", "/plain", "Origin", "http://friend.example"));
        }
    }

    @Test
    void versionsAreForSpring() {
        try (TestApplication other = TestApplication.start(WithVersions.class)) {
            compare(
                    other,
                    Case.springs("GET", "/plain"),
                    Case.springs("GET", "/plain", "X-Api-Version", "1.0"),
                    Case.springs("GET", "/plain", "X-Api-Version", "nonsense"));
        }
    }

    @Test
    void pathsMayHaveAPrefixAndNoCase() {
        try (TestApplication other = TestApplication.start(WithPathOptions.class)) {
            compare(
                    other,
                    Case.direct("GET", "/api/plain"),
                    Case.springs("GET", "/API/Plain"),
                    Case.springs("GET", "/plain"),
                    Case.direct("GET", "/api/items"));
        }
    }

    @Test
    void aMappingOfAnotherClassIsAskedAsAnyOther() {
        try (TestApplication other = TestApplication.start(WithOwnMapping.class)) {
            assertThat(mapping(other)).isInstanceOf(OwnMapping.class);
            compare(other, Case.springs("GET", "/plain"), Case.springs("GET", "/nowhere"));
        }
    }

    // ---- the applications

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        Handlers.class,
        Other.class,
        CrossOrigins.class,
        Fresh.class,
        LazyHandlers.class,
        Broken.class,
        Ambiguous.class,
        Implementing.class
    })
    static class Application {

        @Bean
        WebFilter changing() {
            return (exchange, next) -> {
                ServerHttpRequest request = exchange.getRequest();
                return switch (request.getPath().value()) {
                    case "/filter/path" ->
                        next.filter(exchange.mutate()
                                .request(request.mutate().path("/plain").build())
                                .build());
                    case "/filter/method" ->
                        next.filter(exchange.mutate()
                                .request(request.mutate()
                                        .path("/items")
                                        .method(HttpMethod.POST)
                                        .build())
                                .build());
                    case "/filter/own-path" ->
                        next.filter(
                                exchange.mutate().request(new OwnPath(request)).build());
                    case "/filter/attributes" -> {
                        exchange.getAttributes().put(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, "wrong");
                        exchange.getAttributes()
                                .put(ProducesRequestCondition.class.getName() + ".MEDIA_TYPES", "wrong");
                        exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "wrong");
                        yield next.filter(exchange.mutate()
                                .request(request.mutate().path("/plain").build())
                                .build());
                    }
                    default -> next.filter(exchange);
                };
            };
        }
    }

    /** Has a path of no class of Spring's. */
    private static final class OwnPath extends ServerHttpRequestDecorator {

        OwnPath(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public RequestPath getPath() {
            RequestPath path = RequestPath.parse("/plain", null);
            return new RequestPath() {
                @Override
                public PathContainer contextPath() {
                    return path.contextPath();
                }

                @Override
                public PathContainer pathWithinApplication() {
                    return path.pathWithinApplication();
                }

                @Override
                public RequestPath modifyContextPath(String contextPath) {
                    return path.modifyContextPath(contextPath);
                }

                @Override
                public String value() {
                    return path.value();
                }

                @Override
                public List<Element> elements() {
                    return path.elements();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithOrigins implements WebFluxConfigurer {

        @Override
        public void addCorsMappings(CorsRegistry registry) {
            registry.addMapping("/**").allowedOrigins("http://friend.example");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithVersions implements WebFluxConfigurer {

        @Override
        public void configureApiVersioning(ApiVersionConfigurer configurer) {
            configurer
                    .useRequestHeader("X-Api-Version")
                    .setVersionRequired(false)
                    .addSupportedVersions("1.0");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithPathOptions implements WebFluxConfigurer {

        @Override
        public void configurePathMatching(PathMatchConfigurer configurer) {
            configurer.setUseCaseSensitiveMatch(false).addPathPrefix("/api", type -> type == Handlers.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithOwnMapping {

        @Bean
        WebFluxRegistrations registrations() {
            return new WebFluxRegistrations() {
                @Override
                public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                    return new OwnMapping();
                }
            };
        }
    }

    static final class OwnMapping extends RequestMappingHandlerMapping {}

    @RestController
    static class Handlers {

        @GetMapping("/plain")
        String plain() {
            return "plain";
        }

        @Coroutine
        @GetMapping("/coroutine")
        String coroutine() {
            return "a coroutine";
        }

        @GetMapping("/later")
        Mono<String> later() {
            return Mono.delay(Duration.ofMillis(1)).thenReturn("later");
        }

        @GetMapping("/seen")
        String seen(ServerWebExchange exchange) {
            return text(exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
                    + text(exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE));
        }

        @GetMapping("/fails")
        String fails() {
            throw new IllegalStateException("wrong");
        }

        @GetMapping
        String root() {
            return "root";
        }

        @GetMapping({"/one", "/two"})
        String oneOrTwo() {
            return "one or two";
        }

        @GetMapping({"/mix*", "/mixed", "/{any}/never"})
        String mixed() {
            return "mixed";
        }

        @GetMapping("/items")
        String items() {
            return "items";
        }

        @Coroutine
        @PostMapping("/items")
        String addItem() {
            return "added";
        }

        @DeleteMapping(path = "/items", name = "named")
        void clear() {}

        @RequestMapping("/any")
        String any() {
            return "any";
        }

        @RequestMapping(path = "/options", method = RequestMethod.OPTIONS)
        String options() {
            return "options";
        }

        @RequestMapping(path = "/head", method = RequestMethod.HEAD)
        String head() {
            return "head";
        }

        @GetMapping("/semi;a=b")
        String semicolon() {
            return "never";
        }

        @GetMapping("/a b")
        String space() {
            return "a space";
        }

        @GetMapping("/var/{x}")
        String variable(@PathVariable String x) {
            return x;
        }

        @GetMapping("/var/fixed")
        String fixed() {
            return "fixed";
        }

        @GetMapping("/star/**")
        String star() {
            return "star";
        }

        @GetMapping(path = "/param", params = "x")
        String param() {
            return "param";
        }

        @GetMapping(path = "/header", headers = "X-It")
        String header() {
            return "header";
        }

        @PostMapping(path = "/consumes", consumes = "text/plain")
        String consumes() {
            return "consumed";
        }

        @GetMapping(path = "/produces", produces = "text/plain")
        String produces() {
            return "produced";
        }

        @GetMapping("/two-ways")
        String oneWay() {
            return "one way";
        }

        @GetMapping(path = "/two-ways", params = "x")
        String otherWay() {
            return "other way";
        }

        @PostMapping("/two-ways")
        String thirdWay() {
            return "third way";
        }

        @CrossOrigin("http://friend.example")
        @GetMapping("/cors")
        String cors() {
            return "cors";
        }
    }

    @RestController
    @RequestMapping("/other")
    static class Other {

        @GetMapping("/plain")
        String plain() {
            return "the other";
        }
    }

    @RestController
    @CrossOrigin("http://friend.example")
    static class CrossOrigins {

        @GetMapping("/cors-class")
        String cors() {
            return "cors";
        }
    }

    /** One for each request. */
    @RestController
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    static class Fresh {

        private int calls;

        @GetMapping("/fresh")
        String call() {
            return "call " + ++calls;
        }
    }

    @Lazy
    @RestController
    static class LazyHandlers {

        @GetMapping("/lazy")
        String lazy() {
            return "lazy";
        }
    }

    @Lazy
    @RestController
    static class Broken {

        Broken() {
            throw new IllegalStateException("broken");
        }

        @GetMapping("/broken")
        String broken() {
            return "never";
        }
    }

    @RestController
    static class Ambiguous {

        @GetMapping("/twice")
        String first() {
            return "first";
        }

        @GetMapping({"/twice", "/twice/once"})
        String second() {
            return "second";
        }
    }

    interface Described {

        @GetExchange("/interface")
        String described();
    }

    @RestController
    static class Implementing implements Described {

        @Override
        public String described() {
            return "by an interface".toUpperCase(Locale.ROOT);
        }
    }

    /** Registered while the application runs. */
    static final class Coming {

        private final String body;

        Coming(String body) {
            this.body = body;
        }

        @ResponseBody
        String come() {
            return body;
        }
    }
}
