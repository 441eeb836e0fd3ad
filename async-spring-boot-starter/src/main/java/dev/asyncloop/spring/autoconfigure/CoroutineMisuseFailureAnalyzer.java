package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.web.CoroutineMisuseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a {@link CoroutineMisuseException}. */
final class CoroutineMisuseFailureAnalyzer extends AbstractFailureAnalyzer<CoroutineMisuseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, CoroutineMisuseException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.remedy(), cause);
    }
}
