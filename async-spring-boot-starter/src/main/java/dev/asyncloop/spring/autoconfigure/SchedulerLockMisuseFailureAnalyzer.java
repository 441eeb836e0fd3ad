package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.shedlock.SchedulerLockMisuseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Explains a {@link SchedulerLockMisuseException}. */
final class SchedulerLockMisuseFailureAnalyzer extends AbstractFailureAnalyzer<SchedulerLockMisuseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SchedulerLockMisuseException cause) {
        return new FailureAnalysis(cause.problem(), StringUtils.capitalize(cause.remedy()) + ".", cause);
    }
}
