package dev.asyncloop.spring.shedlock;

import dev.asyncloop.Async;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Locks around a call that comes from a coroutine, until what it returns has ended. ShedLock's own interceptor, further
 * inside, finds the lock held by this thread, and just goes on.
 */
final class SchedulerLockInterceptor implements MethodInterceptor {

    private final ObjectProvider<PeriodicLocks> locks;

    SchedulerLockInterceptor(ObjectProvider<PeriodicLocks> locks) {
        this.locks = locks;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        if (target == null || !Async.inCoroutine()) {
            return invocation.proceed();
        }
        Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), AopUtils.getTargetClass(target));
        LockedRun run = new LockedRun(invocation);
        try {
            return locks.getObject().run(new LockedMethod(target, method, null), run);
        } catch (Throwable ex) {
            throw run.failure(ex);
        }
    }
}
