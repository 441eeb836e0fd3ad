package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.web.DirectMappingApplications.Application;
import dev.asyncloop.spring.web.DirectMappingApplications.Coming;
import dev.asyncloop.spring.web.DirectMappingApplications.OwnMapping;
import dev.asyncloop.spring.web.DirectMappingApplications.WithOrigins;
import dev.asyncloop.spring.web.DirectMappingApplications.WithOwnMapping;
import dev.asyncloop.spring.web.DirectMappingApplications.WithPathOptions;
import dev.asyncloop.spring.web.DirectMappingApplications.WithVersions;
import dev.asyncloop.spring.web.MappingComparison.Case;
import dev.asyncloop.spring.web.MappingComparison.Way;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;

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

    private void compare(Case... cases) {
        MappingComparison.compare(application, cases);
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
        assertThat(Way.ours(application.context()).send(direct.request().get()).answer())
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
            MappingComparison.compare(
                    other,
                    Case.springs("GET", "/plain"),
                    Case.springs("GET", "/plain", "Origin", "http://elsewhere.example"),
                    Case.springs("GET", "/plain", "Origin", "http://friend.example"));
        }
    }

    @Test
    void versionsAreForSpring() {
        try (TestApplication other = TestApplication.start(WithVersions.class)) {
            MappingComparison.compare(
                    other,
                    Case.springs("GET", "/plain"),
                    Case.springs("GET", "/plain", "X-Api-Version", "1.0"),
                    Case.springs("GET", "/plain", "X-Api-Version", "nonsense"));
        }
    }

    @Test
    void pathsMayHaveAPrefixAndNoCase() {
        try (TestApplication other = TestApplication.start(WithPathOptions.class)) {
            MappingComparison.compare(
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
            MappingComparison.compare(other, Case.springs("GET", "/plain"), Case.springs("GET", "/nowhere"));
        }
    }
}
