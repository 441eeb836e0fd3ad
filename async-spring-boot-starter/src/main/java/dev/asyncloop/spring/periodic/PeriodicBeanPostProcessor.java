package dev.asyncloop.spring.periodic;

import dev.asyncloop.spring.Periodic;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/**
 * Finds {@link Periodic @Periodic} methods of beans and adds them to the {@link PeriodicCallbacks}; takes them out when
 * the bean is destroyed. Last in order, so that it sees the proxies of others.
 */
public final class PeriodicBeanPostProcessor
        implements DestructionAwareBeanPostProcessor,
                SmartInitializingSingleton,
                BeanFactoryAware,
                EmbeddedValueResolverAware,
                Ordered {

    private final ObjectProvider<PeriodicCallbacks> callbacks;

    private final PeriodicMethods methods = new PeriodicMethods();

    private StringValueResolver placeholders = value -> value;

    private @Nullable ConfigurableListableBeanFactory beans;

    /** Makes a post-processor; the callbacks are asked for when there is something to add. */
    public PeriodicBeanPostProcessor(ObjectProvider<PeriodicCallbacks> callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public void setEmbeddedValueResolver(StringValueResolver resolver) {
        this.placeholders = resolver;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        if (beanFactory instanceof ConfigurableListableBeanFactory listable) {
            this.beans = listable;
        }
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof AopInfrastructureBean)) {
            try {
                methods.of(AopProxyUtils.ultimateTargetClass(bean))
                        .forEach((method, annotations) -> add(bean, beanName, method, annotations));
            } catch (RuntimeException ex) {
                callbacks.ifAvailable(all -> all.remove(target(bean))); // it will not come, and may be made anew
                throw ex;
            }
        }
        return bean;
    }

    private void add(Object bean, String beanName, Method method, Set<Periodic> annotations) {
        String place = method.getDeclaringClass().getName() + "." + method.getName() + " (bean '" + beanName + "')";
        requireNoPrototype(beanName, place);
        PeriodicMethod body = body(bean, method, place);
        String byDefault = beanName + "." + method.getName();
        int number = 1;
        for (Periodic annotation : annotations) {
            PeriodicCallbacks all = callbacks.getObject();
            PeriodicAttributes attributes = new PeriodicAttributes(annotation, place, placeholders);
            String name = attributes.name(number == 1 ? byDefault : byDefault + "." + number);
            all.add(name, target(bean), method, attributes.plan(all.overrides().of(name)), body);
            number++;
        }
    }

    /** Nobody says when an instance is not needed any more, and each would run. */
    private void requireNoPrototype(String beanName, String place) {
        if (isPrototype(beanName)) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " is on a prototype, of which each instance would run, for ever",
                    "make the bean a singleton; or start and stop a `PeriodicCallback` in it by hand",
                    null);
        }
    }

    /** By its definition: to ask the factory for it would make factory beans that are lazy. */
    private boolean isPrototype(String beanName) {
        return beans != null
                && beans.containsBeanDefinition(beanName)
                && beans.getMergedBeanDefinition(beanName).isPrototype();
    }

    /** Finds prototypes at the start already, of which the first instance may be made late. */
    @Override
    public void afterSingletonsInstantiated() {
        if (beans == null) {
            return;
        }
        for (String beanName : beans.getBeanDefinitionNames()) {
            Class<?> type = isPrototype(beanName) ? beans.getType(beanName, false) : null;
            if (type != null) {
                methods.of(ClassUtils.getUserClass(type))
                        .keySet()
                        .forEach(method -> requireNoPrototype(
                                beanName,
                                method.getDeclaringClass().getName() + "." + method.getName() + " (bean '" + beanName
                                        + "')"));
            }
        }
    }

    private static PeriodicMethod body(Object bean, Method method, String place) {
        if (method.getParameterCount() > 0) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " has " + method.getParameterCount() + " parameters, and nobody to give"
                            + " them",
                    "take them out, and inject what the method needs into the bean",
                    null);
        }
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " is on a private method, which a proxy of the bean would not see",
                    "make it package-private",
                    null);
        }
        try {
            return new PeriodicMethod(bean, method);
        } catch (IllegalStateException ex) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " can't be called through the bean's proxy: " + ex.getMessage(),
                    "put the method into an interface of the bean, or have classes proxied"
                            + " (spring.aop.proxy-target-class=true)",
                    ex);
        }
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return !methods.of(AopProxyUtils.ultimateTargetClass(bean)).isEmpty()
                && callbacks.getObject().contains(target(bean));
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        callbacks.getObject().remove(target(bean));
    }

    /** A bean is destroyed without its proxies, so it is known by what is behind them. */
    private static Object target(Object bean) {
        Object target = bean;
        Object behind;
        while ((behind = singletonTarget(target)) != null) {
            target = behind;
        }
        return target;
    }

    private static @Nullable Object singletonTarget(Object bean) {
        return AopProxyUtils.getSingletonTarget(bean);
    }
}
