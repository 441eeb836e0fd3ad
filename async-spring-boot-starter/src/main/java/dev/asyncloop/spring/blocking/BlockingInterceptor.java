package dev.asyncloop.spring.blocking;

import dev.asyncloop.Async;
import java.lang.reflect.UndeclaredThrowableException;
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
        try {
            return Async.<@Nullable Object>blocking(() -> proceed(invocation));
        } catch (CompletionException ex) {
            Throwable cause = ex.getCause();
            throw cause != null && !(cause instanceof RuntimeException) ? cause : ex;
        }
    }

    private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
        try {
            return invocation.proceed();
        } catch (Exception | Error ex) {
            throw ex;
        } catch (Throwable ex) {
            throw new UndeclaredThrowableException(ex);
        }
    }
}
