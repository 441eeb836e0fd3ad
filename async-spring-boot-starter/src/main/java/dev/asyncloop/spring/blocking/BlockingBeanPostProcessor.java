package dev.asyncloop.spring.blocking;

import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.beans.OwnAnnotations;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;

/**
 * Puts beans with {@link Blocking @Blocking} on the type or a method behind a proxy that gives a coroutine's turn away.
 */
public final class BlockingBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1L;

    /** Makes a post-processor; outside of transactions, so that a connection is waited for without the turn, too. */
    public BlockingBeanPostProcessor() {
        Pointcut onType = new AnnotationMatchingPointcut(Blocking.class, true);
        Pointcut onMethod = new AnnotationMatchingPointcut(null, Blocking.class, true);
        this.advisor =
                new DefaultPointcutAdvisor(new ComposablePointcut(onType).union(onMethod), new BlockingInterceptor());
        setBeforeExistingAdvisors(true);
        setOrder(LOWEST_PRECEDENCE - 1); // before those that call beans, and have to see this proxy
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return OwnAnnotations.mayBeOn(targetClass) && super.isEligible(targetClass);
    }
}
