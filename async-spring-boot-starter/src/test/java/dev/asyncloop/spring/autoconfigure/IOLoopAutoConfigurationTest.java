package dev.asyncloop.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.security.SecurityInCoroutines;
import dev.asyncloop.spring.web.CoroutineHandlerAdapter;
import dev.asyncloop.spring.web.IOLoopResources;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

@ExtendWith(OutputCaptureExtension.class)
class IOLoopAutoConfigurationTest {

    private final ReactiveWebApplicationContextRunner web = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOLoopAutoConfiguration.class,
                    IOLoopReportAutoConfiguration.class,
                    IOLoopWebServerAutoConfiguration.class,
                    IOLoopWebFluxAutoConfiguration.class,
                    BlockingAutoConfiguration.class,
                    ServletStackAutoConfiguration.class,
                    NettyReactiveWebServerAutoConfiguration.class,
                    ReactiveHttpClientAutoConfiguration.class,
                    HttpHandlerAutoConfiguration.class,
                    WebFluxAutoConfiguration.class));

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class, BlockingAutoConfiguration.class));

    @Test
    void serverAndClientsAreOnTheLoopAndALineSaysSo(CapturedOutput output) {
        web.run(context -> {
            IOLoop loop = context.getBean(IOLoop.class);
            assertThat(context).hasSingleBean(CoroutineHandlerAdapter.class);
            assertThat(context.getBean(ReactorResourceFactory.class).getLoopResources())
                    .isInstanceOfSatisfying(
                            IOLoopResources.class,
                            resources -> assertThat(resources.onClient(true)).isSameAs(loop.eventLoopGroup()));
            assertThat(output)
                    .containsOnlyOnce("ioloop runs on the event-loop carrier (" + loop.transport()
                            + "); the web server, the HTTP clients and all coroutines share this one thread");
        });
    }

    @Test
    void withoutWebServerTheLineLeavesItOut(CapturedOutput output) {
        plain.withConfiguration(AutoConfigurations.of(
                        IOLoopWebServerAutoConfiguration.class, IOLoopReportAutoConfiguration.class))
                .run(context -> assertThat(output)
                        .containsOnlyOnce("; the HTTP clients and all coroutines share this one thread")
                        .doesNotContain("web server"));
    }

    @Test
    void theJdksCarrierIsNamedAndNothingIsSaidToWhoHasAskedForItAndCouldHaveTheOther(CapturedOutput output) {
        web.withPropertyValues("ioloop.carrier=jdk").run(context -> {
            assertThat(context.getBean(IOLoop.class).carrier()).isEqualTo(Carrier.JDK);
            assertThat(output).contains("runs on the JDK carrier").doesNotContain("Add-Opens");
        });
    }

    @Test
    void theServerCanKeepItsOwnLoops(CapturedOutput output) {
        web.withPropertyValues("ioloop.web.enabled=false").run(context -> {
            assertThat(context).hasSingleBean(IOLoop.class).hasSingleBean(CoroutineHandlerAdapter.class);
            assertThat(context.getBean(ReactorResourceFactory.class).getLoopResources())
                    .isNotInstanceOf(IOLoopResources.class);
            assertThat(output)
                    .contains("the web server keeps its own event loops")
                    .doesNotContain("WARN");
        });
    }

    @Test
    void aUsersResourceFactoryWinsWithAWarning(CapturedOutput output) {
        web.withUserConfiguration(OwnResources.class).run(context -> {
            assertThat(context.getBean(ReactorResourceFactory.class)).isSameAs(context.getBean("mine"));
            assertThat(output).contains("WARN").contains("Another ReactorResourceFactory bean");
        });
    }

    @Test
    void aUsersLoopWinsAndIsNotLost() {
        plain.withUserConfiguration(OwnLoop.class).run(context -> {
            assertThat(context).hasSingleBean(IOLoop.class);
            assertThat(context.getBean(IOLoop.class).name()).isEqualTo("mine");
        });
    }

    @Test
    void propertiesAndCustomizersMakeTheOptions() {
        plain.withPropertyValues("ioloop.name=named", "ioloop.carrier=jdk", "ioloop.coroutine.max=2")
                .run(context -> {
                    IOLoop loop = context.getBean(IOLoop.class);
                    assertThat(loop.name()).isEqualTo("named");
                    assertThat(loop.carrier()).isEqualTo(Carrier.JDK);
                });
        plain.withBean(IOLoopCustomizer.class, () -> options -> options.withName("customized"))
                .run(context -> assertThat(context.getBean(IOLoop.class).name()).isEqualTo("customized"));
    }

    @ParameterizedTest
    @CsvSource({
        "ioloop.watchdog.slow-callback, soon",
        "ioloop.watchdog.slow-callback, 0s",
        "ioloop.watchdog.quiet-start, -1s",
        "ioloop.watchdog.down-after, 0s",
        "ioloop.watchdog.overdue-after, -1s",
        "ioloop.http-client.max-header-size, 3GB",
        "ioloop.http-client.retry.delay, -5s",
        "ioloop.carrier, horse",
        "ioloop.coroutine.max, 0",
        "ioloop.executor.threads, 0",
        "ioloop.executor.queue, many",
        "ioloop.name, ''"
    })
    void aBadValueStopsTheStartAndTheMessageNamesPropertyAndValue(
            String property, String value, CapturedOutput output) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(Bare.class)
                .web(WebApplicationType.NONE)
                .properties(property + "=" + value);
        assertThatThrownBy(application::run).isInstanceOf(Exception.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(property)
                .containsPattern("(Value: \"|Invalid value ')" + value + "[\"']")
                .containsIgnoringCase("reason");
    }

    @Test
    void theLoopEndsWithItsContext() {
        IOLoop[] loop = new IOLoop[1];
        plain.run(context -> {
            loop[0] = context.getBean(IOLoop.class);
            assertThat(loop[0].<Integer>runSync(() -> Async.await(loop[0].runInExecutor(() -> 3))))
                    .isEqualTo(3);
        });
        assertThatThrownBy(() -> loop[0].spawn(() -> 1)).isInstanceOf(LoopClosedException.class);
    }

    @Test
    void itStartsWithoutActuatorMicrometerAndWebClient() {
        for (Class<?> absent : new Class<?>[] {Endpoint.class, MeterRegistry.class, WebClient.class}) {
            web.withClassLoader(new FilteredClassLoader(absent))
                    .run(context -> assertThat(context)
                            .as("without %s", absent)
                            .hasNotFailed()
                            .hasSingleBean(IOLoop.class)
                            .hasSingleBean(CoroutineHandlerAdapter.class));
        }
        plain.withClassLoader(new FilteredClassLoader("org.springframework.web", "reactor.netty.http.server"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(IOLoop.class));
    }

    @Test
    void withoutALoopAllIsAsWithoutTheStarter() {
        try (var context = new SpringApplicationBuilder(WithoutLoop.class)
                .web(WebApplicationType.REACTIVE)
                .properties("server.port=0")
                .run()) {
            assertThat(context.getBeanProvider(IOLoop.class).getIfAvailable()).isNull();
            assertThat(context.getBean(ReactorResourceFactory.class).getLoopResources())
                    .isNotInstanceOf(IOLoopResources.class);
        }
    }

    /** With names that are in every tutorial. */
    @Test
    void anApplicationsOwnBeansKeepTheirNames() {
        try (var context = new SpringApplicationBuilder(Bare.class, Tutorial.class)
                .web(WebApplicationType.REACTIVE)
                .properties("server.port=0")
                .run()) {
            assertThat(context.getBean("webSocketHandlerMapping")).isInstanceOf(SimpleUrlHandlerMapping.class);
            assertThat(context.getBean("webSocketClient")).isInstanceOf(ReactorNettyWebSocketClient.class);
            assertThat(context.getBeanProvider(AsyncHttpClient.class).getIfAvailable())
                    .isNotNull();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Tutorial {

        @Bean
        HandlerMapping webSocketHandlerMapping() {
            return new SimpleUrlHandlerMapping(Map.of(), 1);
        }

        @Bean
        WebSocketHandlerAdapter webSocketHandlerAdapter() {
            return new WebSocketHandlerAdapter();
        }

        @Bean
        ReactorNettyWebSocketClient webSocketClient() {
            return new ReactorNettyWebSocketClient();
        }

        @Bean
        Object asyncHttpClient() {
            return "that of another library";
        }
    }

    @Test
    void itStartsWithoutTheConfigurationOfSpringSecurity() {
        web.withConfiguration(AutoConfigurations.of(IOLoopSecurityAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.security.config"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(SecurityInCoroutines.class));
    }

    @Test
    void anApplicationThatSpringMvcHasTakenOverIsStopped() {
        new WebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(IOLoopAutoConfiguration.class, ServletStackAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).getFailure().isInstanceOf(ServletStackException.class);
                    ServletStackException cause = new ServletStackException();
                    assertThat(new ServletStackFailureAnalyzer()
                                    .analyze(cause, cause)
                                    .getAction())
                            .contains("spring-boot-starter-webmvc")
                            .contains("spring.main.web-application-type=reactive");
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = IOLoopAutoConfiguration.class)
    static class WithoutLoop {}

    @Configuration(proxyBeanMethods = false)
    static class OwnResources {

        @Bean
        ReactorResourceFactory mine() {
            return new ReactorResourceFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnLoop {

        @Bean(destroyMethod = "close")
        IOLoop mine() {
            return IOLoop.create(dev.asyncloop.IOLoopOptions.defaults().withName("mine"));
        }
    }
}
