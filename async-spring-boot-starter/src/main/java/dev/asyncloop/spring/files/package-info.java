/**
 * Files as responses, looked up and read in the loop's executor: nothing on the loop waits for a disk.
 */
@NullMarked
package dev.asyncloop.spring.files;

import org.jspecify.annotations.NullMarked;
