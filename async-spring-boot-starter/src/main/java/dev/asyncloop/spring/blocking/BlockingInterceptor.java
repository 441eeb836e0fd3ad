package dev.asyncloop.spring.blocking;

import dev.asyncloop.Async;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Runs a call in {@link Async#blocking} if it comes from a coroutine; what it throws stays what it is. */
final class BlockingInterceptor implements MethodInterceptor {

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (!Async.inCoroutine()) {
            return invocation.proceed();
        }
        Call call = new Call(invocation);
        try {
            return Async.<@Nullable Object>blocking(call);
        } catch (CompletionException ex) {
            throw call.wraps(ex) ? ex.getCause() : ex;
        }
    }

    /** Remembers what was thrown, to tell it from a wrapper around it. */
    private static final class Call implements Callable<@Nullable Object> {

        private final MethodInvocation invocation;

        private @Nullable Exception thrown;

        Call(MethodInvocation invocation) {
            this.invocation = invocation;
        }

        @Override
        public @Nullable Object call() throws Exception {
            try {
                return invocation.proceed();
            } catch (Exception ex) {
                thrown = ex;
                throw ex;
            } catch (Error ex) {
                throw ex;
            } catch (Throwable ex) {
                throw new IllegalStateException("Neither Exception nor Error: " + ex, ex);
            }
        }

        boolean wraps(CompletionException ex) {
            return ex != thrown && ex.getCause() == thrown;
        }
    }
}
