package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.security.MethodSecurityMisuseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Explains a {@link MethodSecurityMisuseException}. */
final class MethodSecurityMisuseFailureAnalyzer extends AbstractFailureAnalyzer<MethodSecurityMisuseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MethodSecurityMisuseException cause) {
        return new FailureAnalysis(cause.problem() + ".", StringUtils.capitalize(cause.remedy()) + ".", cause);
    }
}
