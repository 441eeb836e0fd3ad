package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.periodic.PeriodicMisuseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Explains a {@link PeriodicMisuseException}. */
final class PeriodicMisuseFailureAnalyzer extends AbstractFailureAnalyzer<PeriodicMisuseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PeriodicMisuseException cause) {
        return new FailureAnalysis(cause.problem(), StringUtils.capitalize(cause.remedy()) + ".", cause);
    }
}
