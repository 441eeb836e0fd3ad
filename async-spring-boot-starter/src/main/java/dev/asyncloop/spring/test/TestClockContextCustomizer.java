package dev.asyncloop.spring.test;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.testing.SteppedClock;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/** Puts the clock of a {@link TestClock} into an application context, and its loop onto it. */
record TestClockContextCustomizer(TestClockValues values) implements ContextCustomizer {

    private static final String NAME = "testClock";

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        SteppedClock clock = new SteppedClock(values.start());
        clock.setLimit(values.limit());
        clock.setOutsideLimit(values.outsideLimit());
        TestTime time = new TestTime(clock);
        BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context.getBeanFactory();
        register(registry, NAME, SteppedClock.class, () -> clock);
        register(registry, NAME + "LoopCustomizer", IOLoopCustomizer.class, () -> options -> options.withClock(clock));
        register(
                registry,
                NAME + "Lifecycle",
                TestClockLifecycle.class,
                () -> new TestClockLifecycle(clock, time, context.getBeanProvider(IOLoop.class)));
        register(registry, NAME + "Hold", TestClockHold.class, () -> new TestClockHold(time, context::isClosed));
        context.addBeanFactoryPostProcessor(beans -> preferJavaClock(beans, clock));
    }

    private static <T> void register(BeanDefinitionRegistry registry, String name, Class<T> type, Supplier<T> maker) {
        registry.registerBeanDefinition(name, new RootBeanDefinition(type, maker));
    }

    /** The application may have one or more of its own. */
    private void preferJavaClock(ConfigurableListableBeanFactory beans, SteppedClock clock) {
        for (String own : beans.getBeanNamesForType(Clock.class, true, false)) {
            if (beans.containsBeanDefinition(own)) {
                beans.getBeanDefinition(own).setPrimary(false);
            }
        }
        RootBeanDefinition definition = new RootBeanDefinition(Clock.class, () -> clock.toClock(values.zone()));
        definition.setPrimary(true);
        ((BeanDefinitionRegistry) beans).registerBeanDefinition(NAME + "JavaClock", definition);
    }
}
