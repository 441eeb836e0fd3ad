package dev.asyncloop.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Finds {@link TestClock} on a test class, those around it, and what they extend. */
final class TestClockContextCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configuration) {
        TestClock annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, TestClock.class);
        return annotation == null ? null : new TestClockContextCustomizer(TestClockValues.of(annotation, testClass));
    }
}
