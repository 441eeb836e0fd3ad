package dev.asyncloop.testing;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** One run of one {@link LoopTest}: makes its loop, hands it out, runs the method on it, and looks at what is left. */
final class LoopTestRun implements BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {

    private final LoopTest.Time time;

    private final @Nullable Carrier carrier;

    private final Duration limit;

    private @Nullable TestLoop loop;

    LoopTestRun(LoopTest.Time time, @Nullable Carrier carrier, Duration limit) {
        this.time = time;
        this.carrier = carrier;
        this.limit = limit;
    }

    private TestLoop loop() {
        return Objects.requireNonNull(loop, "The loop of a @LoopTest is there from beforeEach to afterEach");
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        IOLoopOptions options = IOLoopOptions.defaults().withName("loop-test").withCarrier(carrier);
        loop = time == LoopTest.Time.VIRTUAL ? TestLoop.virtual(options) : TestLoop.real(options);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestLoop loop = this.loop;
        if (loop != null) {
            loop.end();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == IOLoop.class || type == VirtualTimeLoop.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        IOLoop face = loop().face();
        if (!parameter.getParameter().getType().isInstance(face)) {
            throw new ParameterResolutionException(
                    "'" + context.getRequiredTestMethod().getName()
                            + "' has time = REAL, and so no VirtualTimeLoop; take an IOLoop, or virtual time");
        }
        return face;
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        loop().run(method.getExecutable().getName(), limit, invocation::proceed);
    }
}
