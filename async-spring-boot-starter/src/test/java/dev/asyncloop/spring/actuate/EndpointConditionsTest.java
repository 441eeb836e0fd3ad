package dev.asyncloop.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.autoconfigure.CoroutinesEndpointAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopEndpointAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopHealthContributorAutoConfiguration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.jmx.JmxEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.jmx.JmxOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** When the two endpoints are there, and what each of Spring Boot's access rules leaves of them. */
class EndpointConditionsTest {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOLoopAutoConfiguration.class,
                    IOLoopEndpointAutoConfiguration.class,
                    CoroutinesEndpointAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    WebEndpointAutoConfiguration.class,
                    JmxAutoConfiguration.class,
                    JmxEndpointAutoConfiguration.class));

    private static List<String> operations(ApplicationContext context) {
        return context.getBean(WebEndpointsSupplier.class).getEndpoints().stream()
                .flatMap(endpoint -> endpoint.getOperations().stream())
                .map(WebOperation::getRequestPredicate)
                .map(predicate -> predicate.getHttpMethod() + " " + predicate.getPath())
                .distinct()
                .sorted()
                .toList();
    }

    @Test
    void theyAreThereIfTheyAreExposed() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(IOLoop.class)
                .doesNotHaveBean(IOLoopEndpoint.class)
                .doesNotHaveBean(CoroutinesEndpoint.class));
        runner.withPropertyValues("management.endpoints.web.exposure.include=*").run(context -> {
            assertThat(operations(context))
                    .containsExactly("DELETE coroutines/{id}", "GET coroutines", "GET coroutines/{id}", "GET ioloop");
            assertThat(context).hasSingleBean(CoroutinesEndpointWebExtension.class);
        });
    }

    @Test
    void readOnlyHidesTheCancelling() {
        for (String property : new String[] {
            "management.endpoint.coroutines.access=READ_ONLY", "management.endpoints.access.default=READ_ONLY"
        }) {
            runner.withPropertyValues("management.endpoints.web.exposure.include=*", property)
                    .run(context -> assertThat(operations(context))
                            .containsExactly("GET coroutines", "GET coroutines/{id}", "GET ioloop"));
        }
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=*", "management.endpoint.coroutines.access=NONE")
                .run(context -> {
                    assertThat(operations(context)).containsExactly("GET ioloop");
                    assertThat(context)
                            .doesNotHaveBean(CoroutinesEndpoint.class)
                            .doesNotHaveBean(CoroutinesEndpointWebExtension.class);
                });
    }

    @Test
    void jmxHasTheSameOperations() {
        runner.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(CoroutinesEndpointWebExtension.class);
                    assertThat(context.getBean(JmxEndpointsSupplier.class).getEndpoints().stream()
                                    .flatMap(endpoint -> endpoint.getOperations().stream())
                                    .map(JmxOperation::getName))
                            .containsExactlyInAnyOrder(
                                    "ioloop", "coroutines", "textCoroutines", "coroutine", "textCoroutine", "cancel");
                });
    }

    @Test
    void withoutTheActuatorThereIsOnlyTheLoop() {
        runner.withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(context -> assertThat(context).hasSingleBean(IOLoop.class).doesNotHaveBean("ioloopEndpoint"));
    }

    @Test
    void whatTheyAnswerIsKnownAheadOfTime() {
        RuntimeHints hints = new RuntimeHints();
        new ReflectiveRuntimeHintsRegistrar()
                .registerRuntimeHints(
                        hints,
                        IOLoopEndpoint.class,
                        CoroutinesEndpoint.class,
                        CoroutinesEndpointWebExtension.class,
                        IOLoopHealthContributorAutoConfiguration.class);
        assertThat(Arrays.asList(
                        IOLoopEndpoint.LoopDescriptor.class,
                        IOLoopEndpoint.PastHeldBy.class,
                        WaitingLine.class,
                        HeldBy.class,
                        CoroutinesEndpoint.CoroutinesDescriptor.class,
                        CoroutinesEndpoint.CoroutineDescriptor.class,
                        CoroutinesEndpoint.DescribedCoroutine.class,
                        CoroutinesEndpoint.BelongsTo.class,
                        OverduePeriodic.class))
                .allSatisfy(
                        type -> assertThat(RuntimeHintsPredicates.reflection().onType(type))
                                .accepts(hints));
    }
}
