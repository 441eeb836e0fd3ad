package dev.asyncloop.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.metrics.IOLoopMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** When there are meters, and how an application has fewer or others. */
class IOLoopMetricsAutoConfigurationTest {

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOLoopAutoConfiguration.class,
                    AsyncHttpClientAutoConfiguration.class,
                    IOLoopMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class);

    private final ReactiveWebApplicationContextRunner web = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOLoopAutoConfiguration.class,
                    AsyncHttpClientAutoConfiguration.class,
                    ConnectionLimitsAutoConfiguration.class,
                    IOLoopWebFluxAutoConfiguration.class,
                    WebSocketAutoConfiguration.class,
                    IOLoopMetricsAutoConfiguration.class,
                    HttpHandlerAutoConfiguration.class,
                    WebFluxAutoConfiguration.class));

    private static Set<String> names(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("ioloop."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void withoutWebServerThereAreThoseOfLoopAndClients() {
        plain.run(context -> assertThat(names(context.getBean(MeterRegistry.class)))
                .contains("ioloop.lag", "ioloop.coroutines.duration", "ioloop.http.client.phase")
                .contains("ioloop.websocket.connections")
                .doesNotContain("ioloop.requests.active", "ioloop.sse.connections", "ioloop.http.server.connections"));
    }

    @Test
    void anApplicationWithoutMicrometersMetricsStartsWithoutThem() {
        web.withClassLoader(new FilteredClassLoader(MeterRegistry.class)).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).hasSingleBean(IOLoop.class);
            assertThat(context).doesNotHaveBean(IOLoopMetricsAutoConfiguration.class);
            assertThat(context.getBean(IOLoop.class).totals().coroutines()).isEmpty();
        });
    }

    @Test
    void withoutARegistryThereIsNothingToBind() {
        web.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(IOLoopMetrics.class);
        });
    }

    @Test
    void onePropertySwitchesAllOfThemOffAndWithThemTheLookAtTheClock() {
        plain.withPropertyValues("management.metrics.enable.ioloop=false").run(context -> {
            assertThat(names(context.getBean(MeterRegistry.class))).isEmpty();
            assertThat(context.getBean(IOLoop.class).totals().coroutines()).isEmpty();
        });
    }

    @Test
    void aPartCanBeSwitchedOffByItsName() {
        plain.withPropertyValues("management.metrics.enable.ioloop.http.client=false")
                .run(context -> assertThat(names(context.getBean(MeterRegistry.class)))
                        .contains("ioloop.lag")
                        .noneMatch(name -> name.startsWith("ioloop.http.client")));
    }

    @Test
    void theApplicationsFiltersCount() {
        plain.withUserConfiguration(Filters.class).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(names(registry)).contains("ioloop.lag").doesNotContain("ioloop.turns");
            assertThat(registry.get("ioloop.lag").meter().getId().getTag("region"))
                    .isEqualTo("north");
        });
    }

    @Test
    void theApplicationMayNotWantCoroutinesToBeTimed() {
        plain.withBean(IOLoopCustomizer.class, () -> options -> options.withTimedCoroutines(false))
                .run(context -> assertThat(names(context.getBean(MeterRegistry.class)))
                        .contains("ioloop.coroutines.started")
                        .doesNotContain("ioloop.coroutines.duration"));
    }

    @Test
    void severalLoopsAreToldApartByTheirNames() {
        plain.withUserConfiguration(TwoLoops.class).run(context -> {
            assertThat(context.getBean(MeterRegistry.class).find("ioloop.lag").meters().stream()
                            .map(meter -> meter.getId().getTag("loop")))
                    .containsExactlyInAnyOrder("one", "two");
        });
    }

    @Test
    void ownBindersTakeTheirPlace() {
        plain.withBean(IOLoopMetrics.class, () -> new IOLoopMetrics(Set.of()))
                .run(context -> assertThat(names(context.getBean(MeterRegistry.class)))
                        .doesNotContain("ioloop.lag")
                        .contains("ioloop.http.client.phase"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Filters {

        @Bean
        MeterFilter fewerTurns() {
            return MeterFilter.denyNameStartsWith("ioloop.turns");
        }

        @Bean
        MeterFilter region() {
            return new MeterFilter() {
                @Override
                public Meter.Id map(Meter.Id id) {
                    return id.withTag(Tag.of("region", "north"));
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoLoops {

        @Bean(destroyMethod = "close")
        IOLoop one() {
            return IOLoop.create(IOLoopOptions.defaults().withName("one"));
        }

        @Bean(destroyMethod = "close", defaultCandidate = false)
        IOLoop two() {
            return IOLoop.create(IOLoopOptions.defaults().withName("two"));
        }
    }
}
