#include "CVips.h"

#include <vips/vips.h>

#if VIPS_MAJOR_VERSION < 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION < 13)
#error "libvips 8.13 or newer is needed (vips_block_untrusted_set)"
#endif

static void discard_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain, (void)level, (void)message, (void)data;
}

int cvips_start(void) {
    const GLogLevelFlags all = G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION;
    g_log_set_handler("VIPS", all, discard_log, NULL);
    g_log_set_handler("GLib-GObject", all, discard_log, NULL);
    if (VIPS_INIT("kenet"))
        return -1;
    vips_block_untrusted_set(TRUE);
    // A cached result could be the content of an earlier file of the same name.
    vips_cache_set_max(0);
    return 0;
}

const char *cvips_version(void) { return vips_version_string(); }

int cvips_supports(CVipsFormat format) {
    static const char *const names[] = {"png", "jpeg", "webp", "tiff", "heif", "heif"};
    gchar *loader = g_strconcat(names[format], "load_buffer", NULL);
    gchar *saver = g_strconcat(names[format], "save_target", NULL);
    const int supported = vips_type_find("VipsOperation", loader) && vips_type_find("VipsOperation", saver);
    g_free(loader);
    g_free(saver);
    return supported;
}

int cvips_text(const char *text, void **samples, int *width, int *height) {
    // The text is Pango markup to libvips.
    gchar *escaped = g_markup_escape_text(text, -1);
    VipsImage *mask = NULL, *inverted = NULL;
    int failed = vips_text(&mask, escaped, "font", "sans 13", "dpi", 72, NULL) || vips_invert(mask, &inverted, NULL);
    g_free(escaped);
    if (!failed) {
        size_t count;
        *samples = vips_image_write_to_memory(inverted, &count);
        *width = vips_image_get_width(inverted);
        *height = vips_image_get_height(inverted);
        failed = *samples == NULL;
    }
    VIPS_UNREF(inverted);
    VIPS_UNREF(mask);
    return failed ? -1 : 0;
}

void cvips_close(CVipsImage *image) { g_object_unref(image); }

void cvips_free(void *memory) { g_free(memory); }

char *cvips_take_error(void) { return vips_error_buffer_copy(); }

void cvips_release_thread(void) { vips_thread_shutdown(); }
