package dev.asyncloop.testing;

import dev.asyncloop.Carrier;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Has JUnit run a {@link LoopTest} once for each carrier. */
final class LoopTestExtension implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), LoopTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        LoopTest test =
                AnnotationSupport.findAnnotation(method, LoopTest.class).orElseThrow(IllegalStateException::new);
        Duration limit =
                Limits.parse(method.getDeclaringClass().getSimpleName() + "." + method.getName(), test.timeout());
        Stream<@Nullable Carrier> carriers =
                test.carriers().length == 0 ? Stream.of((Carrier) null) : Arrays.stream(test.carriers());
        return carriers.map(carrier -> new Invocation(test.time(), carrier, limit));
    }

    private record Invocation(LoopTest.Time time, @Nullable Carrier carrier, Duration limit)
            implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(int index) {
            return carrier != null ? carrier.name() : time == LoopTest.Time.VIRTUAL ? "virtual time" : "real time";
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new LoopTestRun(time, carrier, limit));
        }
    }
}
