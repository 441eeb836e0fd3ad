package dev.asyncloop.spring.periodic;

import static dev.asyncloop.Async.await;

import dev.asyncloop.PeriodicCallback;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import org.reactivestreams.Publisher;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;
import reactor.core.publisher.Flux;

/** A bean's method as the body of a periodic callback. */
final class PeriodicMethod implements PeriodicCallback.Body {

    private final Object bean;

    private final Method method;

    /**
     * Makes a body.
     * @param method as declared by the bean's class, behind whatever proxy the bean is
     * @throws IllegalStateException if the proxy does not let the method through
     */
    PeriodicMethod(Object bean, Method method) {
        this.bean = bean;
        this.method = AopUtils.selectInvocableMethod(method, bean.getClass());
        ReflectionUtils.makeAccessible(this.method);
    }

    @Override
    public void run() throws Exception {
        Object result = invoke();
        if (result instanceof Publisher<?> publisher) {
            await(Flux.from(publisher).then());
        } else if (result instanceof CompletionStage<?> stage) {
            await(stage);
        }
    }

    private Object invoke() throws Exception {
        try {
            return method.invoke(bean);
        } catch (InvocationTargetException ex) {
            ReflectionUtils.rethrowException(ex.getTargetException());
            throw ex;
        }
    }
}
