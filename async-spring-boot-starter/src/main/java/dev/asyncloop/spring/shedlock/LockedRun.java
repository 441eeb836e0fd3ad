package dev.asyncloop.spring.shedlock;

import static dev.asyncloop.Async.await;

import java.util.concurrent.CompletionStage;
import net.javacrumbs.shedlock.core.LockingTaskExecutor.TaskWithResult;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One call of a locked method: over when what it returned is. */
final class LockedRun implements TaskWithResult<Object> {

    private final MethodInvocation invocation;

    private @Nullable Throwable failure;

    LockedRun(MethodInvocation invocation) {
        this.invocation = invocation;
    }

    /** Returns what the method has returned, with nothing left to wait for. */
    @Override
    public @Nullable Object call() throws Throwable {
        try {
            Object result = invocation.proceed();
            if (result instanceof Mono<?> mono) {
                return Mono.justOrEmpty(await(mono));
            } else if (result instanceof Publisher<?> publisher) {
                await(Flux.from(publisher).then());
                return nothing();
            } else if (result instanceof CompletionStage<?> stage) {
                await(stage);
            }
            return result;
        } catch (Throwable ex) {
            failure = ex;
            throw ex;
        }
    }

    /** Returns what the method has thrown; one of the lock's, that came later, is added to it. */
    Throwable failure(Throwable thrown) {
        if (failure == null || failure == thrown) {
            return thrown;
        }
        failure.addSuppressed(thrown);
        return failure;
    }

    /** Returns an empty result of the method's type, or null. */
    private @Nullable Object nothing() {
        Class<?> type = invocation.getMethod().getReturnType();
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        Object empty = adapter != null ? adapter.fromPublisher(Mono.empty()) : null;
        return type.isInstance(empty) ? empty : null;
    }
}
