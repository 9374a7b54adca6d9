#include "CVips.h"

#include <vips/vips.h>

static VipsImage *vips(CVipsImage *image) { return (VipsImage *)image; }

typedef struct {
    CVipsGivePixels give;
    void *context;
} Giver;

static int generate(VipsRegion *out, void *sequence, void *giver, void *unused, gboolean *stop) {
    (void)sequence, (void)unused, (void)stop;
    const Giver *from = giver;
    const VipsRect area = out->valid;
    for (int y = area.top; y < area.top + area.height; y++)
        if (from->give(from->context, area.left, y, area.width, VIPS_REGION_ADDR(out, area.left, y))) {
            vips_error("kenet", "the pixels cannot be read back");
            return -1;
        }
    return 0;
}

CVipsImage *cvips_new(CVipsShape shape, CVipsGivePixels give, void *context) {
    const gboolean wide = shape.bits == 16;
    VipsImage *image = vips_image_new();
    vips_image_init_fields(
        image, shape.width, shape.height, shape.channels, wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
        shape.channels < 3 ? (wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                           : (wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB),
        shape.horizontal_density, shape.vertical_density);
    Giver *giver = VIPS_NEW(image, Giver);
    *giver = (Giver){give, context};
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) ||
        vips_image_generate(image, NULL, generate, NULL, giver, NULL))
        VIPS_UNREF(image);
    return (CVipsImage *)image;
}

void cvips_set_text(CVipsImage *image, const char *name, const char *text) { vips_image_set_string(vips(image), name, text); }

void cvips_set_blob(CVipsImage *image, const char *name, const void *bytes, size_t count) {
    vips_image_set_blob_copy(vips(image), name, bytes, count);
}

static int save(VipsImage *image, CVipsEncoding encoding, VipsTarget *target) {
    const double pixels = (double)image->Xsize * image->Ysize;
    const gboolean wide = image->BandFmt == VIPS_FORMAT_USHORT;
    switch (encoding.format) {
    case CVIPS_PNG:
        return vips_pngsave_target(
            image, target, "compression", encoding.compression, "filter", VIPS_FOREIGN_PNG_FILTER_ALL, NULL);
    case CVIPS_JPEG:
        // Optimal codes save a few per cent, but the encoder then holds all coefficients: 6 bytes a pixel.
        return vips_jpegsave_target(
            image, target, "Q", encoding.quality, "optimize_coding", pixels <= 16e6, "subsample_mode",
            encoding.subsample_colour ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    case CVIPS_WEBP:
        return encoding.quality == 0
            ? vips_webpsave_target(image, target, "lossless", TRUE, NULL)
            : vips_webpsave_target(image, target, "Q", encoding.quality, "smart_subsample", TRUE, NULL);
    case CVIPS_TIFF:
        // A plain TIFF file ends at 4 GiB.
        return vips_tiffsave_target(
            image, target, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
            VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "bigtiff", pixels * VIPS_IMAGE_SIZEOF_PEL(image) > 4e9, NULL);
    case CVIPS_AVIF:
        return vips_heifsave_target(
            image, target, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q", encoding.quality, "bitdepth", wide ? 12 : 8,
            "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    case CVIPS_HEIC:
        return vips_heifsave_target(
            image, target, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, "Q", encoding.quality, "bitdepth", wide ? 10 : 8,
            "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    }
    return -1;
}

int cvips_save(CVipsImage *image, CVipsEncoding encoding, int descriptor) {
    VipsTarget *target = vips_target_new_to_descriptor(descriptor);
    if (!target)
        return -1;
    const int status = save(vips(image), encoding, target);
    g_object_unref(target);
    return status;
}

int cvips_save_to_memory(CVipsImage *image, CVipsEncoding encoding, void **bytes, size_t *count) {
    VipsTarget *target = vips_target_new_to_memory();
    if (!target)
        return -1;
    int status = save(vips(image), encoding, target) || vips_target_end(target);
    if (!status) {
        // `vips_target_steal` crashes where the saver has ended the target, as libvips 8.14's for HEIF does.
        VipsBlob *blob = NULL;
        g_object_get(target, "blob", &blob, NULL);
        const void *data = vips_blob_get(blob, count);
        *bytes = g_memdup2(data, *count);
        vips_area_unref(VIPS_AREA(blob));
    }
    g_object_unref(target);
    return status || !*bytes ? -1 : 0;
}
