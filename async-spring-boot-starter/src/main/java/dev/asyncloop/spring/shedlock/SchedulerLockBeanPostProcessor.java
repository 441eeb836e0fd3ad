package dev.asyncloop.spring.shedlock;

import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.beans.OwnAnnotations;
import java.lang.reflect.Method;
import java.util.Set;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Puts beans with methods that have both {@link Periodic @Periodic} and ShedLock's {@link SchedulerLock @SchedulerLock}
 * behind a proxy that holds the lock until the end of a run, and talks to the lock's database without the turn.
 */
public final class SchedulerLockBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1L;

    private final transient ObjectProvider<PeriodicLocks> locks;

    /** Makes a post-processor; outside of transactions, which end before the lock is given back, and of {@code @Blocking}. */
    public SchedulerLockBeanPostProcessor(ObjectProvider<PeriodicLocks> locks) {
        this.locks = locks;
        this.advisor = new DefaultPointcutAdvisor(new LockedMethods(), new SchedulerLockInterceptor(locks));
        setBeforeExistingAdvisors(true);
        setOrder(LOWEST_PRECEDENCE - 1); // before those that call beans, and have to see this proxy
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        if (!(bean instanceof AopInfrastructureBean)
                && OwnAnnotations.mayBeOn(type)
                && AnnotationUtils.isCandidateClass(type, SchedulerLock.class)) {
            Set<Method> found = MethodIntrospector.selectMethods(type, LockedMethod::is);
            for (Method method : found) {
                locks.getObject().check(new LockedMethod(bean, method, beanName));
            }
        }
        return super.postProcessAfterInitialization(bean, beanName);
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return OwnAnnotations.mayBeOn(targetClass) && super.isEligible(targetClass);
    }

    private static final class LockedMethods extends StaticMethodMatcherPointcut {

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return LockedMethod.is(AopUtils.getMostSpecificMethod(method, targetClass));
        }
    }
}
