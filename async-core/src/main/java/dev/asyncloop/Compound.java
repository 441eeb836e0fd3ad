package dev.asyncloop;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The subject of a wait for several things. */
interface Compound {

    /** Returns those that are waited for still. Only with the turn; else an estimate. */
    List<? extends CompletionStage<?>> missing();
}
